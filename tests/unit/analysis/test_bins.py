"""Bins of a histogram: nothing is lost, edges read well."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeps_app.analysis.bins import bins_of, counted


def test_few_values_get_a_bar_each():
    bins = bins_of(np.array([32.0, 64.0, 64.0, 128.0, np.nan]))
    assert bins.values.tolist() == [32, 64, 128]
    assert counted(np.array([32.0, 64.0, 64.0, 128.0, np.nan]), bins).tolist() == [1, 2, 1]


def test_numbers_that_come_again_get_a_bar_each():
    values = np.array([0.1, 0.1, 0.2, 0.2, 0.5, 0.1])
    assert bins_of(values).values.tolist() == [0.1, 0.2, 0.5]


@pytest.mark.parametrize(("count", "log"), [(2, False), (3, True), (12, False), (15, True)])
def test_a_few_measured_numbers_make_a_histogram(count, log):
    values = np.random.default_rng(count).uniform(0.2, 0.9, count)
    bins = bins_of(values, log=log)
    assert not len(bins.values)
    assert len(bins.edges) - 1 <= count
    places = np.log10(bins.edges) if log else bins.edges
    assert np.allclose(np.diff(places), np.diff(places)[0])
    assert counted(values, bins).sum() == count


@pytest.mark.parametrize("values", [[0.0, 5e-324], [1.5, np.nextafter(1.5, 2)], [1e12 + 0.25, 1e12 + 0.5]])
def test_numbers_that_hardly_differ_share_a_bin(values):
    found = np.array(values)
    bins = bins_of(found)
    assert bins.edges.tolist() == values
    assert counted(found, bins).tolist() == [2]


def test_one_number_has_one_bar():
    assert bins_of(np.array([0.37])).values.tolist() == [0.37]


def test_edges_are_round_numbers():
    bins = bins_of(np.random.default_rng(0).uniform(0, 1, 1000))
    assert bins.edges.tolist() == pytest.approx([round(i * 0.1, 1) for i in range(11)])


def test_integers_stand_in_the_middle_of_their_bins():
    values = np.arange(1.0, 101.0)
    bins = bins_of(values)
    assert bins.edges[0] == 0.5
    assert set(np.diff(bins.edges)) == {bins.edges[1] - bins.edges[0]}
    assert counted(values, bins).sum() == 100


def test_a_log_scale_has_no_place_for_zero():
    values = np.concatenate(([0.0, -1.0], np.geomspace(1e-5, 1, 200)))
    bins = bins_of(values, log=True)
    assert counted(values, bins).sum() == 200
    assert np.allclose(np.diff(np.log10(bins.edges)), np.log10(bins.edges[1] / bins.edges[0]))


def test_nothing_has_no_bins():
    assert not len(counted(np.array([np.nan]), bins_of(np.array([np.nan]))))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=1, max_size=80), st.booleans())
def test_each_value_with_a_place_is_in_one_bin(values, log):
    found = np.array(values)
    bins = bins_of(found, log=log)
    assert counted(found, bins).sum() == ((found > 0).sum() if log else len(found))
    assert (np.diff(bins.edges) > 0).all()
