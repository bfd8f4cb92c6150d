"""A space cut to where the best runs lie."""

import pytest

from sweeps_app.search.around import around
from sweeps_app.search.schema import check_config

LOG = {"distribution": "log_uniform_values"}


def _around(parameters, configs):
    checked = check_config({"method": "random", "parameters": parameters})
    found = around(checked.config["parameters"], configs)
    again = check_config({"method": "random", "parameters": found})
    assert again.problems == ()
    return found


@pytest.mark.parametrize(
    ("law", "values", "expected"),
    [
        ({"min": 0.0, "max": 1.0}, [0.4, 0.5, 0.6], {"min": 0.38, "max": 0.62}),
        ({"min": 0.0, "max": 1.0}, [0.0, 1.0], {"min": 0.0, "max": 1.0}),
        (LOG | {"min": 1e-5, "max": 1.0}, [1e-3, 1e-2], {"min": 7.94e-4, "max": 1.259e-2}),
        ({"min": 1, "max": 100}, [40, 60], {"min": 38, "max": 62}),
        ({"distribution": "q_uniform", "min": 0, "max": 100, "q": 5}, [40, 60], {"min": 40, "max": 60}),
        ({"values": ["a", "b", "c"]}, ["a", "c", "a"], {"values": ["a", "c"]}),
        ({"values": ["a", "b", "c"], "probabilities": [0.2, 0.5, 0.3]}, ["a", "c"], {"probabilities": [0.4, 0.6]}),
        ({"values": ["a", "b"]}, ["b"], {"distribution": "constant", "value": "b"}),
        ({"min": 1, "max": 9}, [4, 4], {"distribution": "constant", "value": 4}),
        ({"distribution": "normal", "mu": 0, "sigma": 5}, [1.0, 2.0, 3.0], {"mu": 2.0, "sigma": 1.0}),
        ({"distribution": "log_normal", "mu": 0, "sigma": 1}, [1.0, 1.0], {"mu": 0, "sigma": 1}),
        ({"distribution": "beta", "a": 2, "b": 3}, [0.1, 0.2], {"a": 2, "b": 3}),
        ({"min": 0.0, "max": 1.0}, [], {"min": 0.0, "max": 1.0}),
        ({"min": 0.0, "max": 1.0}, ["text", 7.0], {"min": 0.0, "max": 1.0}),
        ({"distribution": "log_uniform", "min": -10, "max": 0}, [1e-3, 1e-2], {"min": -7.14, "max": -4.37}),
    ],
)
def test_each_law_is_cut_in_its_own_way(law, values, expected):
    found = _around({"x": law}, [{"x": value} for value in values])["x"]
    for key, value in expected.items():
        close = pytest.approx(value, rel=2e-3) if isinstance(value, int | float) else pytest.approx(value)
        assert found[key] == (value if isinstance(value, str) or key == "values" else close), found


def test_a_mirrored_law_is_cut_like_its_image():
    law = {"min": 1e-5, "max": 1.0}
    cut = [
        _around({"x": law | {"distribution": name}}, [{"x": 1e-3}, {"x": 1e-2}])["x"]
        for name in ("log_uniform_values", "inv_log_uniform_values")
    ]
    assert (cut[0]["min"], cut[0]["max"]) == (cut[1]["min"], cut[1]["max"])


def test_runs_that_lie_close_together_leave_a_range():
    found = _around({"x": {"min": 0.0, "max": 1.0}}, [{"x": 0.123451}, {"x": 0.123459}])["x"]
    assert 0 < found["max"] - found["min"] < 2e-5
    assert found["min"] <= 0.123451
    assert found["max"] >= 0.123459


def test_bounds_stay_inside_the_old_ones():
    found = _around({"x": {"min": 0.0, "max": 1.0}}, [{"x": 0.02}, {"x": 0.99}])["x"]
    assert (found["min"], found["max"]) == (0.0, 1.0)


def test_groups_are_cut_inside_and_conditions_keep_what_is_left():
    parameters = {
        "optimizer": {"values": ["adam", "sgd", "lion"]},
        "sgd": {"parameters": {"momentum": {"min": 0.0, "max": 1.0}}, "when": {"optimizer": ["sgd"]}},
        "beta": {"min": 0.0, "max": 1.0, "when": {"optimizer": ["adam", "lion"]}},
        "decay": {"min": 0.0, "max": 1.0, "when": {"optimizer": ["lion"]}},
    }
    runs = [{"optimizer": "sgd", "sgd": {"momentum": 0.5}}, {"optimizer": "adam", "beta": 0.25}]
    found = _around(parameters, [*runs, {"optimizer": "sgd", "sgd": {"momentum": 0.75}}])
    assert found["optimizer"]["values"] == ["adam", "sgd"]
    assert found["sgd"]["parameters"]["momentum"]["min"] == pytest.approx(0.475)
    assert found["beta"] == {"distribution": "constant", "value": 0.25, "when": {"optimizer": ["adam"]}}
    assert "decay" not in found


def test_what_hung_on_a_parameter_that_is_left_out_is_left_out_too():
    parameters = {
        "a": {"values": [1, 2]},
        "b": {"values": [3, 4], "when": {"a": [2]}},
        "c": {"parameters": {"d": {"min": 0.0, "max": 1.0, "when": {"b": [3]}}}},
    }
    assert list(_around(parameters, [{"a": 1}])) == ["a"]
