"""Draws and examples for people who write a config."""

import pytest

from sweeps_app.search.drawn import BINS, DRAWS, drawn, example_configs
from sweeps_app.search.parameters import parameters_from_config
from sweeps_app.search.request import SearchRequest
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from sweeps_app.search.suggest import suggest


def _config(parameters, method="random", **more):
    checked = check_config({"method": method, "parameters": parameters, "metric": {"name": "loss"}, **more})
    assert checked.config is not None, checked.problems
    return checked.config


def _drawn(parameter):
    return drawn(parameters_from_config(_config({"x": parameter})["parameters"])[0])


def test_a_logarithmic_law_is_even_on_the_logarithm():
    found = _drawn({"distribution": "log_uniform_values", "min": 1e-4, "max": 1.0})
    assert found.is_log
    assert (found.low, found.high) == (1e-4, 1.0)
    assert len(found.counts) == BINS
    assert sum(found.counts) == DRAWS
    assert min(found.counts) > DRAWS / BINS / 2
    assert max(found.counts) < DRAWS / BINS * 2


def test_each_bin_of_integers_holds_as_many_of_them():
    found = _drawn({"min": 1, "max": 30})
    assert len(found.counts) == 15
    assert min(found.counts) > DRAWS / 15 / 2
    assert max(found.counts) < DRAWS / 15 * 2


def test_a_long_tail_does_not_squeeze_the_rest():
    found = _drawn({"distribution": "normal", "mu": 5, "sigma": 2})
    assert -2 < found.low < 1 < 9 < found.high < 12
    assert sum(found.counts) >= 0.985 * DRAWS


def test_few_values_are_counted_one_by_one_and_those_never_drawn_are_not_there():
    found = _drawn({"values": ["a", "b", "c"], "probabilities": [0.25, 0, 0.75]})
    assert found.values == ("a", "c")
    assert found.counts[0] == pytest.approx(DRAWS / 4, rel=0.15)
    assert sum(found.counts) == DRAWS
    assert _drawn({"values": list(range(100))}).values == tuple(range(BINS))


def test_laws_without_a_choice_have_one_bar():
    assert _drawn({"value": 3}).values == (3,)
    assert _drawn({"distribution": "normal", "mu": 4, "sigma": 0}).counts == (DRAWS,)


def test_a_grid_has_points():
    found = _drawn({"distribution": "q_uniform", "min": 0, "max": 1, "q": 0.25})
    assert found.grid == (0, 0.25, 0.5, 0.75)
    assert found.grid_size == 4
    assert _drawn({"min": 0.0, "max": 1.0}).grid_size == 0


def test_examples_are_what_agents_get():
    grid = _config({"a": {"values": [1, 2]}, "b": {"values": [3, 4]}}, "grid")
    assert example_configs(grid, space_from_config(grid), 3) == [{"a": 1, "b": 3}, {"a": 1, "b": 4}, {"a": 2, "b": 3}]
    assert len(example_configs(grid, space_from_config(grid), 9)) == 4
    drawn_at_random = _config({"a": {"min": 0.0, "max": 1.0}}, seed=7)
    suggested = [suggest(SearchRequest(drawn_at_random, 7, number)).config for number in range(2)]
    assert example_configs(drawn_at_random, space_from_config(drawn_at_random), 2) == suggested


def test_examples_keep_constraints():
    config = _config({"a": {"min": 1, "max": 9}, "b": {"min": 1, "max": 9}}, "tpe", constraints=["a < b"])
    assert all(found["a"] < found["b"] for found in example_configs(config, space_from_config(config), 5))
