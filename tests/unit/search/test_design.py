"""A space as the features of a model, and the warps of its objective."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeps_app.search.axes import MAX_LEVELS
from sweeps_app.search.design import Design, design_of
from sweeps_app.search.distributions import json_key
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from tests.unit.search.spaces import spaces

UNIT = {"min": 0.0, "max": 1.0}


def design_from(parameters):
    checked = check_config({"method": "random", "parameters": parameters})
    assert checked.config is not None, checked.problems
    return design_of(space_from_config(checked.config))


def rows(design, count, seed=0):
    return 1 - np.random.default_rng(seed).random((count, len(design.space.parameters)))


@settings(deadline=None, max_examples=80)
@given(spaces(), st.integers(0, 1000))
def test_points_with_the_same_config_have_the_same_features_before_and_after_snapping(space, seed):
    design = Design(space)
    units = rows(design, 20, seed)
    snapped = design.snapped(units)
    assert ((snapped > 0) & (snapped <= 1)).all()
    assert design.snapped(snapped) == pytest.approx(snapped)
    assert design.features(snapped) == pytest.approx(design.features(units))
    assert design.features(units).shape == (20, len(design.groups))
    for before, after in zip(units.tolist(), snapped.tolist(), strict=True):
        assert json_key(space.decode(after)) == json_key(space.decode(before))


@settings(deadline=None, max_examples=80)
@given(spaces(), st.integers(0, 1000))
def test_what_is_present_is_what_the_config_has(space, seed):
    design = Design(space)
    units = rows(design, 10, seed)
    for row, active in zip(units.tolist(), design.active(units), strict=True):
        encoded = space.encode(space.decode(row))
        assert active.tolist() == [unit is not None for unit in encoded]


@settings(deadline=None, max_examples=80)
@given(spaces(), st.integers(0, 1000))
def test_a_config_comes_back_to_its_levels(space, seed):
    design = Design(space)
    units = rows(design, 5, seed)
    found = np.array([design.units_of(space.decode(row)) for row in units.tolist()], dtype=float)
    assert np.isfinite(found).all()  # none was None
    active = design.active(units)
    for axis in design.discrete:
        there = active[:, axis.position]
        assert (axis.level(found[:, axis.position]) == axis.level(units[:, axis.position]))[there].all()


def test_two_levels_of_a_category_are_one_apart_and_integers_in_order():
    design = design_from({"kind": {"values": ["a", "b", "c"]}, "size": {"min": 1, "max": 5}})
    features = design.features(np.array([[u, 0.5] for u in (0.1, 0.5, 0.9)]))
    for i, j in [(0, 1), (0, 2), (1, 2)]:
        assert np.sum((features[i] - features[j]) ** 2) == pytest.approx(1)
    sizes = design.features(np.array([[0.5, u] for u in (0.1, 0.3, 0.5, 0.7, 0.9)]))[:, -1]
    assert sizes == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_an_absent_parameter_is_the_same_wherever_it_is():
    design = design_from({"kind": {"values": ["a", "b"]}, "rate": UNIT | {"when": {"kind": ["a"]}}})
    assert design.features(np.array([[0.9, 0.1]])) == pytest.approx(design.features(np.array([[0.9, 0.8]])))
    present = design.features(np.array([[0.1, 0.1], [0.1, 0.8]]))
    assert not np.allclose(present[0], present[1])


def test_repeated_and_impossible_categories_have_levels_that_decode_to_themselves():
    design = design_from({"k": {"values": [1, 2, 1, 3, 4], "probabilities": [0.3, 0.2, 0.1, 0.0, 0.4]}})
    assert list(design.axes[0].levels) == [1, 2, 4]
    decoded = [design.space.decode([unit])["k"] for unit in design.axes[0].centres]
    assert decoded == [1, 2, 4]
    assert design.axes[0].level(np.array([0.25, 0.45, 0.55, 0.95])).tolist() == [0, 1, 0, 2]


def test_parameters_with_one_value_are_left_out_and_fine_steps_count_as_continuous():
    design = design_from({"a": {"value": 3}, "b": {"min": 0, "max": 10 * MAX_LEVELS}, "c": {"values": ["x"]}})
    assert [(axis.position, axis.kind) for axis in design.axes] == [(1, "continuous")]


def test_a_config_that_does_not_fit_the_space_has_no_point():
    design = design_from({"kind": {"values": ["a", "b"]}, "rate": UNIT})
    assert design.units_of({"kind": "a", "rate": 0.5}) is not None
    assert design.units_of({"kind": "z", "rate": 0.5}) is None
    assert design.units_of({"kind": "a"}) is None
    assert design.units_of({"kind": "a", "rate": 7.0}) is None
