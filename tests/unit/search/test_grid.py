"""Grid search: order, lazy access, conditions, constraints, repeats."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from sweeps_app.search.suggest import SearchRequest, suggest


def grid(parameters, **more):
    checked = check_config({"method": "grid", "parameters": parameters, **more})
    assert checked.problems == ()
    return checked.config


def points(config):
    found = []
    while (suggested := suggest(SearchRequest(config, 1, len(found)))) is not None:
        assert suggested.number == len(found)
        found.append(suggested.config)
    return found


def test_names_are_sorted_at_each_level_and_the_last_is_the_fastest():
    config = grid(
        {
            "z": {"values": [2, 1]},
            "m": {"parameters": {"y": {"values": ["q", "p"]}, "B": {"value": 0}}},
            "a": {"min": 1, "max": 2},
        }
    )
    assert points(config) == [
        {"a": a, "m": {"B": 0, "y": y}, "z": z} for a in (1, 2) for y in ("q", "p") for z in (2, 1)
    ]


def test_values_told_apart_by_their_json_form_are_points_of_their_own():
    found = [point["x"] for point in points(grid({"x": {"values": [1, 1.0, True, "1", 1, None]}}))]
    assert [(type(value), value) for value in found] == [
        (int, 1),
        (float, 1.0),
        (bool, True),
        (str, "1"),
        (type(None), None),
    ]


def test_a_huge_grid_is_read_at_any_point_at_once():
    parameters = {f"p{i:02}": {"min": 0, "max": 999} for i in range(20)}
    config = grid(parameters)
    number = 10**60 - 2
    suggested = suggest(SearchRequest(config, 1, number))
    assert list(suggested.config.values()) == [999] * 19 + [998]
    assert suggest(SearchRequest(config, 1, number + 2)) is None
    assert check_config({"method": "grid", "parameters": parameters}).warnings[0].code == "large_grid"
    assert space_from_config(config).grid_size() is None


def test_constraints_leave_their_points_out_without_gaps_in_a_huge_grid():
    parameters = {"a": {"min": 1, "max": 3}, "z": {"min": 1, "max": 3}} | {
        f"m{i}": {"min": 0, "max": 99} for i in range(20)
    }
    config = grid(parameters, constraints=["z < a"])
    space = space_from_config(config)
    assert space.grid.count == 3 * 100**20
    first, last = space.config_of(space.grid.at(0)), space.config_of(space.grid.at(3 * 100**20 - 1))
    assert (first["a"], first["z"], first["m0"]) == (2, 1, 0)
    assert (last["a"], last["z"], last["m0"]) == (3, 2, 99)
    third = 100**20
    assert [space.config_of(space.grid.at(third + i))["z"] for i in (-1, 0, 1)] == [1, 1, 2]


def test_absent_parameters_do_not_multiply_the_points():
    config = grid(
        {
            "model": {"values": ["tree", "net"]},
            "net": {"when": {"model": ["net"]}, "parameters": {"layers": {"values": [1, 2]}, "b": {"value": 0}}},
            "depth": {"when": {"model": ["tree"]}, "min": 3, "max": 5},
        }
    )
    assert points(config) == [
        {"depth": 3, "model": "tree"},
        {"model": "net", "net": {"b": 0, "layers": 1}},
        {"model": "net", "net": {"b": 0, "layers": 2}},
        {"depth": 4, "model": "tree"},
        {"depth": 5, "model": "tree"},
    ]
    assert space_from_config(config).grid_size() == 5


def test_a_chain_of_conditions_breaks_where_its_first_link_does():
    config = grid(
        {
            "a": {"values": ["net", "tree"]},
            "b": {"values": ["adam", "sgd"], "when": {"a": ["net"]}},
            "c": {"values": [1, 2], "when": {"b": ["sgd"]}},
        },
        constraints=["b != 'sgd' or c != 2"],
    )
    assert points(config) == [{"a": "net", "b": "adam"}, {"a": "net", "b": "sgd", "c": 1}, {"a": "tree"}]


def test_conditional_groups_of_many_values_are_a_sum_and_no_product():
    tens = {key: {"min": 1, "max": 10} for key in "abc"}
    config = grid(
        {"kind": {"values": ["x", "y", "z"]}} | {k: {"when": {"kind": [k]}, "parameters": tens} for k in "xyz"}
    )
    assert space_from_config(config).grid_size() == 3 * 10**3


def test_each_point_is_repeated_with_its_index():
    config = grid({"x": {"values": [5, 6]}}, repeats=3)
    found = [suggest(SearchRequest(config, 1, number)) for number in range(6)]
    assert [(s.number, s.config["x"], s.why["repeat"]) for s in found] == [
        (0, 5, 0),
        (1, 5, 1),
        (2, 5, 2),
        (3, 6, 0),
        (4, 6, 1),
        (5, 6, 2),
    ]
    assert suggest(SearchRequest(config, 1, 6)) is None


def test_a_grid_of_constants_has_one_point():
    assert points(grid({"x": {"value": 1}, "y": {"value": {"k": 2}}})) == [{"x": 1, "y": {"k": 2}}]


@pytest.mark.parametrize("number", [-1, 4])
def test_there_is_no_point_beyond_the_ends(number):
    space = space_from_config(grid({"x": {"min": 1, "max": 4}}))
    with pytest.raises(IndexError):
        space.grid.at(number)


@given(st.lists(st.integers(1, 4), min_size=2, max_size=4), st.integers(0, 8), st.data())
def test_a_constraint_on_any_two_parameters_keeps_the_order_of_the_product(sizes, limit, data):
    first, second = data.draw(st.permutations(range(len(sizes))))[:2]
    parameters = {f"p{i}": {"values": list(range(size))} for i, size in enumerate(sizes)}
    checked = check_config(
        {"method": "grid", "parameters": parameters, "constraints": [f"p{first} + p{second} <= {limit}"]}
    )
    found = [tuple(point.values()) for point in points(checked.config)]
    product = itertools.product(*(range(size) for size in sizes))
    assert found == [point for point in product if point[first] + point[second] <= limit]
