"""Random search: independent, replayable, uniform over what constraints leave; and repeats of any method."""

from collections import Counter

import pytest
from scipy import stats

from sweeps_app.search.schema import check_config
from sweeps_app.search.suggest import METHODS, SearchRequest, suggest
from sweeps_app.search.trials import Trial


def config(parameters, **more):
    checked = check_config({"method": "random", "parameters": parameters, **more})
    assert checked.problems == ()
    return checked.config


def draws(found, count, seed=7):
    return [suggest(SearchRequest(found, seed, number)).config for number in range(count)]


def test_suggestions_differ_by_number_and_by_seed_and_by_nothing_else():
    found = config({"x": {"min": 0.0, "max": 1.0}})
    values = [point["x"] for seed in (1, 2) for point in draws(found, 50, seed)]
    assert len(set(values)) == 100
    trials = (Trial(0, {"x": 0.5}, "finished", (1.0,)),)
    assert suggest(SearchRequest(found, 1, 3, trials)) == suggest(SearchRequest(found, 1, 3))


def test_successive_suggestions_are_independent_and_uniform():
    found = config({"x": {"min": 0.0, "max": 1.0}, "y": {"min": 0.0, "max": 1.0}})
    points = draws(found, 2_000)
    xs, ys = [p["x"] for p in points], [p["y"] for p in points]
    assert stats.kstest(xs, "uniform").pvalue > 0.001
    assert stats.kstest(ys, "uniform").pvalue > 0.001
    assert abs(stats.pearsonr(xs, ys).statistic) < 0.08
    assert abs(stats.pearsonr(xs[1:], xs[:-1]).statistic) < 0.08


def test_draws_are_uniform_over_what_the_constraints_leave():
    found = config({"a": {"min": 1, "max": 4}, "b": {"min": 1, "max": 4}}, constraints=["a < b"])
    counts = Counter((p["a"], p["b"]) for p in draws(found, 3_000))
    assert set(counts) == {(a, b) for a in range(1, 5) for b in range(1, 5) if a < b}
    assert stats.chisquare(list(counts.values())).pvalue > 0.001


def test_a_needle_among_discrete_values_is_drawn_fairly():
    found = config({"a": {"min": 1, "max": 250}, "b": {"min": 1, "max": 250}}, constraints=["a + b == 499"])
    counts = Counter((p["a"], p["b"]) for p in draws(found, 60))
    assert set(counts) == {(249, 250), (250, 249)}
    assert stats.chisquare(list(counts.values())).pvalue > 0.001


def test_a_thin_set_of_reals_is_hit_every_time():
    unit = {"min": 0.0, "max": 1.0}
    found = config({"a": unit, "b": unit}, constraints=["abs(a - b) < 0.0001"])
    points = draws(found, 30)
    assert all(abs(p["a"] - p["b"]) < 0.0001 for p in points)
    assert len({p["a"] for p in points}) == 30


def test_an_absent_parameter_does_not_shift_the_others():
    base = {"m": {"values": ["u", "v"]}, "x": {"min": 0.0, "max": 1.0}}
    plain = draws(config(base | {"n": {"value": 1}}), 20)
    conditional = draws(config(base | {"n": {"value": 1, "when": {"m": ["u"]}}}), 20)
    assert [p["x"] for p in plain] == [p["x"] for p in conditional]
    assert {("n" in p, p["m"]) for p in conditional} == {(True, "u"), (False, "v")}


def test_repeats_share_a_configuration_and_say_which_they_are():
    found = config({"x": {"min": 0.0, "max": 1.0}}, repeats=3)
    suggestions = [suggest(SearchRequest(found, 1, number)) for number in range(6)]
    assert [s.number for s in suggestions] == [0, 1, 2, 3, 4, 5]
    assert [s.why["repeat"] for s in suggestions] == [0, 1, 2, 0, 1, 2]
    assert [s.why["number"] for s in suggestions] == [0, 0, 0, 1, 1, 1]
    assert len({s.config["x"] for s in suggestions}) == 2


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"custom", "nsga2"}))
def test_later_repeats_take_the_config_of_the_first_whatever_was_learned_since(method):
    parameters = {"x": {"values": [0.25, 0.5, 0.75]}}
    found = config(parameters, repeats=2, metric={"name": "loss"}) | {"method": method}
    trials = [Trial(4, {"x": 0.25}, "finished", (1.0,))]
    suggested = suggest(SearchRequest(found, 1, 5, trials))
    assert (suggested.number, suggested.config) == (5, {"x": 0.25})
    assert (suggested.why["repeat"], suggested.why["repeats"]) == (1, 4)


@pytest.mark.parametrize("number", [0, 3, 10**12])
def test_the_reason_names_method_version_seed_and_number(number):
    suggested = suggest(SearchRequest(config({"x": {"value": 1}}), 99, number))
    assert suggested.why == {"method": "random", "version": 1, "seed": 99, "number": number}
