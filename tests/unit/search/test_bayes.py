"""Bayesian search: its contract on every space, and that it learns."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeps_app.search.bayes import start_size
from sweeps_app.search.distributions import json_key
from sweeps_app.search.request import SearchRequest
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from sweeps_app.search.suggest import suggest
from sweeps_app.search.trials import Trial
from sweeps_app.search.untried import all_points
from tests.unit.search.spaces import configs, is_plain

UNIT = {"min": 0.0, "max": 1.0}


def config_of(parameters, **fields):
    metric = {"name": "loss", "goal": "minimize"} | fields.pop("metric", {})
    checked = check_config({"method": "bayes", "metric": metric, "parameters": parameters, **fields})
    assert checked.config is not None, checked.problems
    return checked.config


def play(config, objective, count, seed=0):
    """Return the trials of a search, each run before the next is asked for."""
    trials = []
    for number in range(count):
        found = suggest(SearchRequest(config, seed, number, trials))
        if found is None:
            break
        trials.append(finished(number, found.config, objective(found.config)))
    return trials


def finished(number, config, value):
    return Trial(number, config, "finished", (value,))


def random_trials(config, count, objective, seed=0):
    space = space_from_config(config)
    generator = np.random.default_rng(seed)
    drawn = [space.decode(space.sample(generator)) for _ in range(count)]
    return [finished(i, found, objective(found)) for i, found in enumerate(drawn)]


def bowl(config):
    return (config["x"] - 0.3) ** 2 + (config["y"] - 0.6) ** 2


@st.composite
def requests(draw):
    """Draw a search in the middle: trials of every state, with values of every size."""
    config = draw(configs("bayes", largest=3))
    space = space_from_config(config)
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    values = st.one_of(st.none(), st.floats(-10, 10), st.floats(allow_nan=False, allow_infinity=False), st.just(1.0))
    states = st.sampled_from(["finished", "finished", "finished", "running", "failed"])
    trials = [
        Trial(number, space.decode(space.sample(generator)), draw(states), (draw(values),))
        for number in range(draw(st.integers(0, 25)))
    ]
    return SearchRequest(config, draw(st.integers(0, 2**53)), len(trials), trials)


@settings(deadline=None, max_examples=60)
@given(requests())
def test_a_suggestion_is_inside_the_space_allowed_new_plain_and_repeatable(request):
    space = space_from_config(request.config)
    found = suggest(request)
    assert suggest(request) == found
    tried = {json_key(trial.config) for trial in request.trials}
    if found is None:
        assert space_is_used_up(space, tried)
        return
    assert space.contains(found.config)
    assert space.is_feasible(found.config)
    assert json_key(found.config) not in tried or all_points(space) is None  # such as a normal law without a spread
    assert is_plain(found.config)
    assert is_plain(found.why)
    assert found.why["seed"] == request.seed
    assert found.why["number"] == request.number


def space_is_used_up(space, tried):
    generator = np.random.default_rng(0)
    return all(json_key(space.decode(space.sample(generator))) in tried for _ in range(200))


def test_a_bowl_is_found_far_better_than_by_chance():
    config = config_of({"x": UNIT, "y": UNIT})
    for seed in (1, 2, 3):
        found = min(trial.values[0] for trial in play(config, bowl, 30, seed))
        drawn = min(trial.values[0] for trial in random_trials(config, 30, bowl, seed))
        assert found < 1e-4
        assert found < 0.05 * drawn


def test_a_maximum_is_found_and_told_in_the_metrics_direction():
    config = config_of({"x": UNIT, "y": UNIT}, metric={"goal": "maximize"})
    trials = play(config, lambda c: 5 - bowl(c), 25)
    assert max(trial.values[0] for trial in trials) > 5 - 1e-3
    why = suggest(SearchRequest(config, 0, 25, trials)).why
    assert 4 < why["predicted_mean"] < 5.1
    assert why["expected_improvement"] >= 0
    assert why["predicted_deviation"] > 0


def test_categories_integers_and_steps_are_found():
    config = config_of(
        {
            "kind": {"values": ["a", "b", "c", "d"]},
            "size": {"min": 1, "max": 30},
            "step": {"distribution": "q_uniform", "min": 0.0, "max": 2.0, "q": 0.25},
            "x": UNIT,
        }
    )

    def objective(c):
        return 0.3 * (c["kind"] != "c") + abs(c["size"] - 21) / 30 + (c["step"] - 1.25) ** 2 + (c["x"] - 0.7) ** 2

    best = min(play(config, objective, 45), key=lambda trial: trial.values[0])
    assert (best.config["kind"], best.config["size"], best.config["step"]) == ("c", 21, 1.25)
    assert best.values[0] < 1e-3


def test_a_conditional_parameter_is_found_where_it_is_present():
    config = config_of({"model": {"values": ["flat", "deep"]}, "rate": UNIT | {"when": {"model": ["deep"]}}})
    best = min(
        play(config, lambda c: 0.2 if c["model"] == "flat" else 3 * (c["rate"] - 0.8) ** 2, 25),
        key=lambda trial: trial.values[0],
    )
    assert best.config["model"] == "deep"
    assert best.config["rate"] == pytest.approx(0.8, abs=0.02)


def test_the_best_inside_a_constraint_is_found():
    config = config_of({"x": UNIT, "y": UNIT}, constraints=["x + y >= 1.2"])
    trials = play(config, bowl, 30)
    assert all(trial.config["x"] + trial.config["y"] >= 1.2 for trial in trials)
    # The nearest allowed point to the bottom at (0.3, 0.6) is (0.45, 0.75), 0.045 up.
    assert min(trial.values[0] for trial in trials) == pytest.approx(0.045, abs=2e-3)


def test_failed_runs_teach_where_not_to_go():
    config = config_of({"x": UNIT, "y": UNIT})
    trials = []
    for number in range(40):
        found = suggest(SearchRequest(config, 7, number, trials)).config
        is_bad = found["x"] < 0.5
        trials.append(Trial(number, found, "failed" if is_bad else "finished", (None if is_bad else bowl(found),)))
    late = trials[15:]
    assert sum(trial.state == "failed" for trial in late) <= len(late) // 4
    assert min(trial.values[0] for trial in late if trial.values[0] is not None) < 0.045


def test_agents_that_ask_at_the_same_time_get_different_sensible_points():
    config = config_of({"x": UNIT, "y": UNIT})
    trials = random_trials(config, 20, bowl)
    asked = []
    for number in range(20, 28):
        found = suggest(SearchRequest(config, 0, number, trials))
        assert found.why["pending"] == len(asked)
        asked.append((found.config["x"], found.config["y"]))
        trials.append(Trial(number, found.config, "running", (None,)))
    points = np.array(asked)
    gaps = np.linalg.norm(points[:, None] - points[None], axis=2) + np.eye(8)
    assert gaps.min() > 1e-3
    assert sorted(bowl({"x": x, "y": y}) for x, y in asked)[3] < 0.02


def test_noise_does_not_hold_the_search_at_a_lucky_run():
    config = config_of({"x": UNIT, "y": UNIT})
    generator = np.random.default_rng(11)
    trials = play(config, lambda c: bowl(c) + generator.normal(0, 0.05), 45)
    lucky = {"x": 0.95, "y": 0.05}  # there the mean is 0.72
    trials.append(finished(45, lucky, -0.2))
    for number in range(46, 58):
        found = suggest(SearchRequest(config, 0, number, trials)).config
        trials.append(finished(number, found, bowl(found) + generator.normal(0, 0.05)))
    late = [trial.config for trial in trials[-8:]]
    assert sum(math.dist(c.values(), lucky.values()) < 0.2 for c in late) <= 2
    assert np.median([bowl(c) for c in late]) < 0.1


def test_the_order_of_the_start_is_that_of_the_numbers_and_depends_on_the_seed():
    config = config_of({"x": UNIT, "y": UNIT})
    size = start_size(2)
    first = [suggest(SearchRequest(config, 5, number)).config for number in range(2 * size)]
    assert len({json_key(c) for c in first}) == 2 * size
    assert suggest(SearchRequest(config, 6, 0)).config != first[0]
    # Every quarter of each side is visited: a Sobol sequence of 16 points fills the square evenly.
    assert {math.floor(4 * c["x"]) for c in first[:8]} == {0, 1, 2, 3}
    trials = random_trials(config, size, bowl)
    assert suggest(SearchRequest(config, 5, size, trials)).why["phase"] in ("improve", "explore")
    assert suggest(SearchRequest(config, 5, size, trials[:-1])).why["phase"] == "start"


@pytest.mark.parametrize(
    "parameters",
    [
        {"a": {"values": ["x", "y", "z"]}, "b": {"min": 1, "max": 4}},
        {
            "a": {"values": ["x", "y"]},
            "b": {
                "min": 1,
                "max": 5,
            },
            "c": {"values": [0, 1], "probabilities": [1.0, 0.0]},
        },
        {"a": {"values": ["x", "y"]}, "b": {"min": 1, "max": 9, "when": {"a": ["x"]}}},
    ],
)
def test_a_finite_space_is_used_up_without_repetitions(parameters):
    config = config_of(parameters)
    count = all_points(space_from_config(config)).count
    trials = play(config, lambda c: c.get("b", 3) + (c["a"] == "x"), 100)
    assert len(trials) == count == len({json_key(trial.config) for trial in trials})


def test_repeats_give_each_configuration_as_often_as_they_say():
    config = config_of({"a": {"min": 1, "max": 9}}, repeats=3)
    trials = []
    for number in range(50):
        found = suggest(SearchRequest(config, 1, number, trials))
        if found is None:
            break
        trials.append(finished(number, found.config, float(found.config["a"])))
    counts = [trial.config["a"] for trial in trials]
    assert len(counts) == 27
    assert all(counts.count(a) == 3 for a in range(1, 10))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_no_numbers_count_as_failures(value):
    config = config_of({"x": UNIT, "y": UNIT})
    trials = random_trials(config, 12, bowl)
    odd = [*trials, finished(12, {"x": 0.3, "y": 0.6}, value)]
    failed = [*trials, Trial(12, {"x": 0.3, "y": 0.6}, "failed", (None,))]
    assert suggest(SearchRequest(config, 0, 13, odd)) == suggest(SearchRequest(config, 0, 13, failed))


@pytest.mark.parametrize(
    "values", [[1.0] * 12, [0.0] * 11 + [1e300], [0.0] * 11 + [-1e300], [1e-320 * i for i in range(12)]]
)
def test_values_without_a_scale_or_with_a_monstrous_one_are_survived(values):
    config = config_of({"x": UNIT, "y": UNIT})
    trials = [finished(t.number, t.config, v) for t, v in zip(random_trials(config, 12, bowl), values, strict=True)]
    found = [suggest(SearchRequest(config, 0, number, trials)) for number in range(12, 16)]
    assert all(is_plain(f.config) and is_plain(f.why) for f in found)


def test_the_same_point_again_and_again_is_one_observation():
    config = config_of({"x": UNIT, "y": UNIT})
    trials = [finished(i, {"x": 0.5, "y": 0.5}, float(i % 2)) for i in range(30)]
    assert suggest(SearchRequest(config, 0, 30, trials)).why["observations"] == 1


def test_results_of_an_edited_space_count_where_they_fit():
    wide = config_of({"x": {"min": 0.0, "max": 10.0}, "kind": {"values": ["a", "b", "c"]}})
    narrow = config_of({"x": {"min": 0.0, "max": 2.0}, "kind": {"values": ["a", "b"]}})
    trials = random_trials(wide, 60, lambda c: (c["x"] - 1) ** 2)
    found = [suggest(SearchRequest(narrow, 0, number, trials)) for number in range(60, 64)]
    assert all(0 <= f.config["x"] <= 2 and f.config["kind"] in "ab" for f in found)
    assert abs(found[0].config["x"] - 1) < 0.3
    outside = [t for t in trials if t.config["x"] > 2]
    assert suggest(SearchRequest(narrow, 0, 60, outside)).why["phase"] == "left over"


def test_a_suggestion_is_the_same_for_a_config_that_went_through_a_database():
    config = config_of({"x": UNIT, "kind": {"values": ["a", "b"]}})
    trials = random_trials(config, 15, lambda c: c["x"])
    stored = json.loads(json.dumps(config))
    again = [Trial(t.number, json.loads(json.dumps(dict(t.config))), t.state, t.values) for t in trials]
    assert suggest(SearchRequest(stored, 3, 15, again)) == suggest(SearchRequest(config, 3, 15, trials))
