"""Bands agree with the specification's examples and with the public package sweeps 0.2.0."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from sweeps_app.stopping.bands import MAX_BAND, MAX_BANDS, checkpoints, falling_bands, rising_bands
from sweeps_app.stopping.decide import rule_of

VECTORS = json.loads((Path(__file__).parent / "data" / "bands_of_sweeps_0_2_0.json").read_text())


def _bands(**config):
    return rule_of({"type": "hyperband"} | config, "minimize").bands


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"max_iter": 27, "s": 2, "eta": 3}, (3, 9)),
        ({"max_iter": 100, "s": 10}, (1, 3, 11, 33)),
        ({"max_iter": 5, "s": 2, "eta": 2}, (1, 2)),
        ({"max_iter": 27, "s": 2, "min_iter": 5}, (3, 9)),
    ],
)
def test_bands_of_the_specification(config, expected):
    assert _bands(**config) == expected


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: json.dumps(vector["config"]))
def test_bands_agree_with_the_public_package(vector):
    expected = sorted(set(vector["bands"]))  # it repeats a band that two powers round to
    assert list(_bands(**vector["config"]))[: len(expected)] == expected


def test_the_vectors_cover_both_forms():
    assert {"s" in vector["config"] for vector in VECTORS} == {True, False}


def test_max_iter_gives_no_band_where_eta_is_larger():
    assert falling_bands(2, 3, 3.0) == ()


def test_bands_end_where_eta_is_nearly_one():
    assert len(rising_bands(1, 1.0000001)) == 1
    assert falling_bands(10**6, 10**9, 1.0000001)[0] > 999_000
    assert len(rising_bands(10**6, 1.001)) == MAX_BANDS


def test_rungs_of_asha_stay_below_max_iter():
    assert rule_of({"type": "asha", "min_iter": 2, "eta": 2, "max_iter": 16}, "minimize").bands == (2, 4, 8)
    assert rule_of({"type": "asha"}, "minimize").bands[:4] == (1, 3, 9, 27)


def test_checkpoints_of_the_median_are_every_value_at_first_and_an_eighth_apart_later():
    found = checkpoints(1)
    assert found[:17] == (*range(1, 17), 18)
    assert all(b - a <= max(a // 8, 1) for a, b in pairwise(found))
    assert sum(band <= 10**6 for band in found) < 120
    assert found[-1] < MAX_BAND


def test_checkpoints_begin_at_min_iter():
    assert checkpoints(100)[:3] == (100, 112, 126)
