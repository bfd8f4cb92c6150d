"""A space narrowed to what was selected of it."""

import math

import pytest

from sweeps_app.search.narrowing import Wanted, narrowed
from sweeps_app.search.schema import check_config


def _config(parameters, **more):
    checked = check_config({"method": "random", "parameters": parameters, **more})
    assert checked.config is not None, checked.problems
    return checked.config


def _narrowed(law, want, **more):
    """Return the narrowed config of one parameter, without its distribution where that stayed."""
    config = _config({"p": law, "other": {"value": 1}}, **more)
    found = narrowed(config, {"p": want})
    assert check_config(found).problems == ()
    assert found["parameters"]["other"] == config["parameters"]["other"]
    parameter, before = found["parameters"]["p"], config["parameters"]["p"]
    same = parameter["distribution"] == before["distribution"]
    return {key: value for key, value in parameter.items() if key != "distribution" or not same}


UNIFORM = {"min": 0.0, "max": 1.0}
LOG = {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-1}


@pytest.mark.parametrize(
    ("law", "want", "found"),
    [
        (UNIFORM, Wanted(spans=((0.2, 0.4),)), {"min": 0.2, "max": 0.4}),
        (UNIFORM, Wanted(spans=((None, 0.4), (0.6, 0.7))), {"min": 0.0, "max": 0.7}),
        (UNIFORM, Wanted(spans=((-5, 0.4),)), {"min": 0.0, "max": 0.4}),
        (UNIFORM, Wanted(spans=((2, 3),)), {"min": 0.0, "max": 1.0}),
        (UNIFORM, Wanted(seen=(0.3, 0.1, 0.2)), {"min": 0.1, "max": 0.3}),
        (UNIFORM, Wanted(seen=(0.3,)), {"distribution": "constant", "value": 0.3}),
        (UNIFORM, Wanted(), {"min": 0.0, "max": 1.0}),
        (LOG, Wanted(spans=((1e-4, None),)), {"min": 1e-4, "max": 1e-1}),
        ({"min": 1, "max": 9}, Wanted(spans=((2.5, 6.5),)), {"min": 3, "max": 6}),
        ({"min": 1, "max": 9}, Wanted(spans=((2.5, 3.5),)), {"distribution": "constant", "value": 3}),
        ({"min": 1, "max": 9}, Wanted(spans=((2.2, 2.8),)), {"min": 1, "max": 9}),
        (
            {"distribution": "q_uniform", "min": 0.0, "max": 1.0, "q": 0.1},
            Wanted(spans=((0.13, 0.47),)),
            {"min": 0.2, "max": 0.4, "q": 0.1},
        ),
        (
            {"distribution": "q_log_uniform_values", "min": 1, "max": 100, "q": 8},
            Wanted(spans=((None, 50),)),
            {"min": 1, "max": 48.0, "q": 8},
        ),
        (
            {"distribution": "normal", "mu": 0, "sigma": 1},
            Wanted(spans=((0.5, None),), seen=(0.7, 2.0)),
            {"distribution": "uniform", "min": 0.5, "max": 2.0},
        ),
        (
            {"distribution": "q_log_normal", "mu": 2, "sigma": 1, "q": 2},
            Wanted(seen=(4, 9)),
            {"distribution": "q_log_uniform_values", "min": 4.0, "max": 8.0, "q": 2},
        ),
        ({"values": [1, 2, 4, 8]}, Wanted(spans=((1.5, 4),)), {"values": [2, 4]}),
        ({"values": ["a", "b", 1, 1.0]}, Wanted(values=("b", 1)), {"values": ["b", 1]}),
        ({"values": ["a", "b"]}, Wanted(values=("gone",)), {"values": ["a", "b"]}),
        (
            {"values": ["a", "b", "c"], "probabilities": [0.5, 0.25, 0.25]},
            Wanted(seen=("c", "a", "a")),
            {"values": ["a", "c"], "probabilities": [2 / 3, 1 / 3]},
        ),
        ({"value": 3}, Wanted(seen=(4,)), {"value": 3}),
    ],
)
def test_each_law_keeps_to_what_is_wanted(law, want, found):
    assert _narrowed(law, want) == found


def test_exponents_keep_the_bound_that_was_not_brushed_to_the_letter():
    found = _narrowed({"distribution": "log_uniform", "min": -9.3, "max": -2}, Wanted(spans=((None, 1e-2),)))
    assert found == {"min": -9.3, "max": math.log(1e-2)}


def test_a_condition_that_cannot_hold_takes_its_parameters_and_constraints_along():
    parameters = {
        "optimizer": {"values": ["adam", "sgd", "lion"]},
        "momentum": {"min": 0.0, "max": 1.0, "when": {"optimizer": ["sgd"]}},
        "nesterov": {"values": [True, False], "when": {"optimizer": ["sgd", "lion"]}},
        "inner": {"parameters": {"depth": {"min": 1, "max": 4, "when": {"nesterov": [True]}}}},
    }
    config = _config(parameters, constraints=["momentum < 0.9", "inner.depth < 4"])
    found = narrowed(config, {"optimizer": Wanted(values=("adam", "lion")), "inner.depth": Wanted(spans=((2, 3),))})
    assert check_config(found).problems == ()
    assert set(found["parameters"]) == {"optimizer", "nesterov", "inner"}
    assert found["parameters"]["nesterov"]["when"] == {"optimizer": ["lion"]}
    assert found["parameters"]["inner"]["parameters"]["depth"]["max"] == 3
    assert found["constraints"] == ["inner.depth < 4"]
    gone = narrowed(config, {"optimizer": Wanted(values=("adam",))})
    assert set(gone["parameters"]) == {"optimizer"}
    assert check_config(gone).problems == ()
