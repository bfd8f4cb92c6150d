"""Spaces: nested groups, conditions, and the way between configs and the unit cube."""

import pytest

from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from tests.unit.search.test_schema import the_problem

CONDITIONAL = {
    "model": {"values": ["tree", "net"]},
    "net": {
        "when": {"model": ["net"]},
        "parameters": {
            "opt": {"values": ["sgd", "adam"]},
            "momentum": {"when": {"opt": ["sgd"]}, "min": 0.0, "max": 1.0},
            "beta": {"when": {"net.opt": ["adam"]}, "value": 0.9},
        },
    },
    "lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1},
}


def space(parameters=CONDITIONAL, **more):
    checked = check_config({"method": "random", "parameters": parameters, **more})
    assert checked.problems == ()
    return space_from_config(checked.config)


def test_parameters_are_named_by_their_path_in_sorted_order():
    found = space()
    assert [p.name for p in found.parameters] == ["lr", "model", "net.beta", "net.momentum", "net.opt"]
    assert [p.kind for p in found.parameters] == ["number", "category", "constant", "number", "category"]
    assert [p.is_log for p in found.parameters] == [True, False, False, False, False]
    assert [[condition.name for condition in p.when] for p in found.parameters] == [
        [],
        [],
        ["model", "net.opt"],
        ["model", "net.opt"],
        ["model"],
    ]


@pytest.mark.parametrize(
    ("units", "config"),
    [
        ([0.5, 0.2, 0.5, 0.5, 0.5], {"lr": 0.01, "model": "tree"}),
        ([0.5, 0.8, 0.5, 0.25, 0.2], {"lr": 0.01, "model": "net", "net": {"momentum": 0.25, "opt": "sgd"}}),
        ([0.5, 0.8, 0.5, 0.25, 0.8], {"lr": 0.01, "model": "net", "net": {"beta": 0.9, "opt": "adam"}}),
    ],
)
def test_absent_parameters_are_left_out_and_encode_as_none(units, config):
    found = space()
    decoded = found.decode(units)
    assert decoded["lr"] == pytest.approx(0.01)
    assert decoded | {"lr": 0.01} == config
    encoded = found.encode(decoded)
    assert found.decode([0.5 if u is None else u for u in encoded])["model"] == config["model"]
    present = {"lr", "model"} | {f"net.{key}" for key in config.get("net", {})}
    assert [u is not None for u in encoded] == [p.name in present for p in found.parameters]
    assert found.contains(decoded)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"lr": 0.01},
        {"lr": 2, "model": "tree"},
        {"lr": "0.01", "model": "tree"},
        {"lr": 0.01, "model": "forest"},
        {"lr": 0.01, "model": "tree", "net": {}},
        {"lr": 0.01, "model": "tree", "net": {"opt": "sgd"}},
        {"lr": 0.01, "model": "net"},
        {"lr": 0.01, "model": "net", "net": "sgd"},
        {"lr": 0.01, "model": "net", "net": {"opt": "sgd"}},
        {"lr": 0.01, "model": "net", "net": {"opt": "adam", "beta": 0.9, "momentum": 0.5}},
        {"lr": 0.01, "model": "tree", "extra": 1},
        {"lr": 0.01, "model": ["tree"]},
    ],
)
def test_anything_else_is_not_contained_and_still_encodes(config):
    found = space()
    assert not found.contains(config)
    assert len(found.encode(config)) == len(found.parameters)


def test_values_that_a_law_cannot_place_encode_as_none():
    assert space().encode({"lr": "fast", "model": "forest"}) == [None] * 5
    assert space().encode({"lr": 5, "model": "net"})[:2] == [1.0, 1.0]


def test_constraints_are_looked_at_by_name_where_all_are_present():
    found = space(constraints=["net.momentum < 0.5 or lr < 0.1", "lr < 0.9"])
    assert found.is_feasible({"lr": 0.5, "model": "tree"})
    assert not found.is_feasible({"lr": 0.95, "model": "tree"})
    assert not found.is_feasible({"lr": 0.5, "model": "net", "net": {"opt": "sgd", "momentum": 0.7}})
    assert [[p.name for p in c.parameters] for c in found.components] == [
        ["lr", "model", "net.beta", "net.momentum", "net.opt"]
    ]


def test_the_same_config_gives_the_same_space():
    assert space() is space()
    assert space() is not space(constraints=["lr < 0.5"])


def test_independent_parameters_are_components_of_their_own():
    four = {key: {"min": 1, "max": 9} for key in "abcd"}
    found = space(four, constraints=["a < c"])
    assert [[p.name for p in component.parameters] for component in found.components] == [["a", "c"], ["b"], ["d"]]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("net", "parameters.x.when: must be an object of the form {other: [values]}, not 'net'"),
        ({}, "parameters.x.when: must be an object"),
        ({"model": "net"}, "parameters.x.when.model: must be a list of values, not 'net'"),
        ({"model": []}, "parameters.x.when.model: must be a list of values, not []"),
        ({"modl": ["net"]}, "parameters.x.when.modl: is no parameter; did you mean 'model'?"),
        ({"model": ["net", "nett"]}, "parameters.x.when.model[1]: 'nett' is not a value of model"),
        ({"layers": [2.0]}, "parameters.x.when.layers[0]: 2.0 is not a value of layers"),
        ({"lr": [0.5]}, "parameters.x.when.lr: has real values (uniform)"),
        ({"x": [1]}, "parameters: conditions go in a circle: x -> x"),
    ],
)
def test_a_wrong_condition_is_named(when, expected):
    parameters = {
        "x": {"values": [1], "when": when},
        "model": {"values": ["tree", "net"]},
        "layers": {"min": 1, "max": 3},
        "lr": {"min": 0.0, "max": 1.0},
    }
    assert the_problem({"method": "random", "parameters": parameters}).startswith(expected)


def test_conditions_in_a_circle_are_refused():
    parameters = {key: {"values": [1, 2], "when": {other: [1]}} for key, other in ("ab", "bc", "ca")}
    assert "circle" in the_problem({"method": "random", "parameters": parameters})
    inner = {"g": {"when": {"g.x": [1]}, "parameters": {"x": {"values": [1, 2]}}}}
    assert "circle" in the_problem({"method": "random", "parameters": inner})


def test_a_condition_means_the_innermost_parameter_of_that_name():
    parameters = {
        "kind": {"values": ["outer"]},
        "g": {"parameters": {"kind": {"values": ["inner"]}, "x": {"value": 1, "when": {"kind": ["inner"]}}}},
        "y": {"value": 2, "when": {"kind": ["outer"], "g.kind": ["inner"]}},
    }
    assert space(parameters).decode([1.0] * 4) == {"g": {"kind": "inner", "x": 1}, "kind": "outer", "y": 2}


def test_two_parameters_of_one_dotted_name_are_refused():
    parameters = {"a.b": {"value": 1}, "a": {"parameters": {"b": {"value": 2}}}}
    assert the_problem({"method": "random", "parameters": parameters}).startswith(
        "parameters.a.parameters.b: 'a.b' is also the name of a parameter with a dot in it"
    )
