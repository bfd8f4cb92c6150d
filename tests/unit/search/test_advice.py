"""Warnings about configurations that can be searched, but probably not as meant."""

import pytest

from sweeps_app.search.schema import check_config

LOSS = {"metric": {"name": "loss"}}


def _warnings(parameter, method="random", **config):
    checked = check_config({"method": method, "parameters": {"x": parameter}, **LOSS, **config})
    assert checked.problems == ()
    return [(warning.path, warning.code) for warning in checked.warnings]


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ({"values": ["a", "b", "c"], "probabilities": [0.5, 0, 0.5]}, [("parameters.x.probabilities", "never_drawn")]),
        ({"values": ["a", "b", "a"]}, [("parameters.x.values", "repeated")]),
        ({"values": [1, 1.0, True]}, []),
        ({"distribution": "q_uniform", "min": 0, "max": 10, "q": 6}, [("parameters.x.max", "clipped")]),
        ({"distribution": "q_uniform", "min": 1, "max": 12, "q": 6}, [("parameters.x.min", "clipped")]),
        ({"distribution": "q_uniform", "min": 0, "max": 13, "q": 6}, [("parameters.x.max", "never_drawn")]),
        ({"distribution": "q_uniform", "min": 0, "max": 0.3, "q": 0.1}, []),
        ({"distribution": "q_uniform", "min": 0, "max": 1, "q": 10}, [("parameters.x.q", "single_value")]),
        ({"distribution": "q_log_uniform_values", "min": 1, "max": 96, "q": 8}, [("parameters.x.min", "clipped")]),
        ({"distribution": "q_normal", "q": 3}, []),
        ({"min": 1e-5, "max": 0.1}, [("parameters.x.distribution", "wide_uniform")]),
        ({"min": -1.0, "max": 1000.0}, []),
    ],
)
def test_values_that_are_clipped_skipped_doubled_or_never_drawn(parameter, expected):
    assert _warnings(parameter) == expected


def test_a_grid_says_that_it_leaves_max_out_and_a_nested_parameter_is_named_whole():
    stepped = {"distribution": "q_uniform", "min": 0, "max": 1, "q": 0.25}
    nested = {"parameters": {"y": stepped}}
    assert _warnings(nested, "grid") == [("parameters.x.parameters.y.max", "skipped")]


@pytest.mark.parametrize(
    ("method", "cap", "repeats", "expected"),
    [
        ("grid", 10, 1, ["beyond_the_space"]),
        ("grid", 3, 1, []),
        ("grid", 6, 2, []),
        ("grid", 2, 1, ["cut"]),
        ("bayes", 4, 1, ["beyond_the_space"]),
        ("bayes", 2, 1, []),
        ("random", 10, 1, []),
        ("custom", 10, 1, []),
    ],
)
def test_a_cap_is_compared_with_the_size_of_the_space(method, cap, repeats, expected):
    found = _warnings({"values": [1, 2, 3]}, method, run_cap=cap, repeats=repeats)
    assert [code for path, code in found if path == "run_cap"] == expected
