"""What every method keeps: the same tests over all of them, and over any that is added to the table."""

import json
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sweeps_app.search.distributions import json_key
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from sweeps_app.search.suggest import METHODS, SearchRequest, reads_trials, suggest, suggest_in_turn
from sweeps_app.search.trials import Trial
from tests.unit.search.spaces import configs, grid_parameters, is_plain

ALL = [name for name, method in METHODS.items() if not method.is_outside]
SEARCHING = [name for name in ALL if name != "grid"]
LEARNING = [name for name in ALL if METHODS[name].needs_metric]
ENDING = [name for name in ALL if name != "random"]  # random draws are independent, and go on for ever
every_method = pytest.mark.parametrize("method", ALL)
every_searching = pytest.mark.parametrize("method", SEARCHING)
every_learning = pytest.mark.parametrize("method", LEARNING)

MIXED = {
    "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 0.1},
    "dropout": {"min": 0.0, "max": 0.5},
    "layers": {"min": 1, "max": 8},
    "width": {"distribution": "q_log_uniform_values", "min": 8, "max": 512, "q": 8},
    "noise": {"distribution": "q_normal", "mu": 0, "sigma": 3, "q": 0.5},
    "mix": {"distribution": "beta", "a": 2, "b": 5},
    "decay": {"distribution": "inv_log_uniform_values", "min": 0.9, "max": 0.999},
    "optimizer": {"values": ["adam", "sgd", None], "probabilities": [0.5, 0.25, 0.25]},
    "seed": {"value": 7},
}
CONDITIONAL = {
    "optimizer": {"values": ["adam", "sgd"]},
    "momentum": {"min": 0.0, "max": 1.0, "when": {"optimizer": ["sgd"]}},
    "nesterov": {"values": [True, False], "when": {"optimizer": ["sgd"]}},
    "beta": {
        "parameters": {"one": {"min": 0.8, "max": 0.99}, "two": {"min": 1, "max": 9}},
        "when": {"optimizer": ["adam"]},
    },
    "lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1.0},
}
CONSTRAINED = {"a": {"min": 0.0, "max": 1.0}, "b": {"min": 0.0, "max": 1.0}, "n": {"min": 1, "max": 20}}
CONSTRAINTS = ["a + b <= 0.3", "n % 3 == 1"]
FEW = {"a": {"values": [1, 1.0, True]}, "b": {"min": 0, "max": 2}, "c": {"values": ["x", "y"], "when": {"b": [0, 1]}}}
FEW_SIZE = 3 * (2 * 2 + 1)


def made_config(method, parameters, **extra):
    """Return the checked config of a sweep with the metric, or the metrics, that the method asks for."""
    goals = {"metric": {"name": "loss"}}
    if METHODS[method].needs_metrics:
        goals = {"metrics": [{"name": "loss"}, {"name": "score", "goal": "maximize"}]}
    checked = check_config({"method": method, "parameters": parameters} | goals | extra)
    assert checked.problems == ()
    return checked.config


def random_trials(config, count, seed=5):
    """Return trials at random configs: finished, failed, finished without a number, and running ones in turn."""
    states = ["finished", "finished", "failed", "finished", "finished", "running"]
    drawn = {"method": "random", "parameters": config["parameters"], "constraints": config.get("constraints", [])}
    generator = np.random.default_rng(seed)
    trials = []
    for number in range(count):
        tried = suggest(SearchRequest(drawn, seed, number)).config
        state = states[number % len(states)]
        values = tuple(
            None if state != "finished" or number % 10 == 4 else v for v in generator.normal(size=2).tolist()
        )
        trials.append(Trial(number, tried, state, values[: len(config.get("metrics", [1]))]))
    return tuple(trials)


def asked_in_turn(config, count, seed=3, state="finished"):
    """Return the trials of a sweep that runs each suggestion before it asks again; fewer where the space ends."""
    trials, number = [], 0
    for _ in range(count):
        found = suggest(SearchRequest(config, seed, number, tuple(trials)))
        if found is None:
            break
        values = tuple(float(len(json_key(found.config)) % 7 + i) for i in range(len(config.get("metrics", [1]))))
        trials.append(Trial(found.number, found.config, state, values if state == "finished" else ()))
        number = found.number + 1
    return trials


def assert_good(config, found):
    """Assert that a suggestion is a point of the space that the constraints allow, and JSON of Python's own types."""
    space = space_from_config(config)
    assert space.contains(found.config)
    assert space.is_feasible(found.config)
    assert is_plain(found.config)
    assert is_plain(found.why)
    assert json.loads(json.dumps(found.config)) == found.config
    assert found.why["method"] == config["method"]
    assert {"version", "seed", "number"} <= found.why.keys()


@every_searching
@pytest.mark.parametrize("parameters", [MIXED, CONDITIONAL], ids=["mixed", "conditional"])
@pytest.mark.parametrize("count", [0, 1, 40])
def test_suggestions_are_points_of_the_space(method, parameters, count):
    config = made_config(method, parameters)
    for number in (count, count + 1):
        assert_good(config, suggest(SearchRequest(config, 11, number, random_trials(config, count))))


@every_searching
@pytest.mark.parametrize("count", [0, 40])
def test_constraints_hold_even_where_few_points_are_allowed(method, count):
    config = made_config(method, CONSTRAINED, constraints=CONSTRAINTS)
    for number in range(count, count + 4):
        assert_good(config, suggest(SearchRequest(config, 2, number, random_trials(config, count))))


@every_method
def test_the_same_request_has_the_same_answer(method):
    config = made_config(method, FEW if method == "grid" else MIXED)
    trials = random_trials(config, 30)
    request = SearchRequest(config, 4, 30 if method != "grid" else 3, trials)
    again = SearchRequest(json.loads(json.dumps(config)), 4, request.number, tuple(reversed(trials)))
    assert suggest(request) == suggest(request)
    assert suggest(again).config == suggest(request).config


@every_searching
@pytest.mark.parametrize("count", [0, 45])
@pytest.mark.parametrize(
    "extra",
    [
        {"parameters": MIXED},
        {"parameters": CONDITIONAL},
        {"parameters": CONSTRAINED, "constraints": CONSTRAINTS},
        {"parameters": FEW},
        {"parameters": MIXED, "repeats": 2},
        {"parameters": MIXED, "metric": {"name": "loss", "impute_while_running": "worst"}},
    ],
    ids=["mixed", "conditional", "constrained", "few", "repeats", "imputed"],
)
def test_suggestions_in_turn_are_those_made_one_by_one(method, count, extra):
    if "metric" in extra and METHODS[method].needs_metrics:
        extra = {"parameters": MIXED, "repeats": 3}
    config = made_config(method, **extra)
    request = SearchRequest(config, 5, count, random_trials(config, count))
    in_turn = list(islice(suggest_in_turn(request), 6))
    for found in in_turn:
        assert suggest(request) == found
        request = request.following(found)
    assert len(in_turn) == 6 or suggest(request) is None


@every_method
@pytest.mark.parametrize("parameters", [MIXED, FEW], ids=["mixed", "few"])
def test_methods_that_read_no_trials_suggest_the_same_without_them(method, parameters):
    if method == "grid" and parameters is MIXED:
        return
    config = made_config(method, parameters)
    trials = tuple(asked_in_turn(config, 8))
    without = [suggest(SearchRequest(config, 3, trial.number)) for trial in trials]
    same = [found.config for found in without] == [trial.config for trial in trials]
    assert same or reads_trials(config)
    assert reads_trials(config) == (METHODS[method].needs_metric or (method == "qmc" and parameters is FEW))


@every_searching
def test_another_seed_has_another_answer(method):
    config = made_config(method, MIXED)
    assert suggest(SearchRequest(config, 1, 0)).config != suggest(SearchRequest(config, 2, 0)).config


@every_searching
@pytest.mark.parametrize("parameters", [MIXED, CONDITIONAL], ids=["mixed", "conditional"])
def test_parallel_agents_get_different_points(method, parameters):
    config = made_config(method, parameters)
    known = random_trials(config, 40)
    trials = list(known)
    for number in range(40, 48):
        found = suggest(SearchRequest(config, 9, number, tuple(trials)))
        trials.append(Trial(found.number, found.config, "running"))
    assert len({json_key(trial.config) for trial in trials[40:]}) == 8


@every_learning
@pytest.mark.parametrize("state", ["failed", "running"])
def test_it_goes_on_when_nothing_has_finished(method, state):
    config = made_config(method, MIXED)
    trials = asked_in_turn(config, 30, state=state)
    assert len({json_key(trial.config) for trial in trials}) == 30
    for trial in trials:
        assert space_from_config(config).contains(trial.config)


@every_learning
@pytest.mark.parametrize("value", [0.0, 1e308, -1e308, 5e-324])
def test_it_goes_on_when_all_results_are_alike_or_extreme(method, value):
    config = made_config(method, MIXED)
    width = len(config.get("metrics", [1]))
    trials = tuple(Trial(t.number, t.config, "finished", (value,) * width) for t in random_trials(config, 30))
    extreme = (*trials[:-1], Trial(29, trials[-1].config, "finished", (-value,) * width))
    assert_good(config, suggest(SearchRequest(config, 1, 30, trials)))
    assert_good(config, suggest(SearchRequest(config, 1, 30, extreme)))


@pytest.mark.parametrize("method", ENDING)
def test_a_discrete_space_is_searched_without_repetition_and_ends(method):
    config = made_config(method, FEW)
    trials = asked_in_turn(config, 100)
    assert len(trials) == FEW_SIZE
    assert len({json_key(trial.config) for trial in trials}) == FEW_SIZE


@pytest.mark.parametrize("method", ENDING)
def test_a_space_of_one_point_has_one_suggestion(method):
    config = made_config(method, {"a": {"value": 1}, "g": {"parameters": {"b": {"values": ["x"]}}}})
    assert [trial.config for trial in asked_in_turn(config, 3)] == [{"a": 1, "g": {"b": "x"}}]


@every_searching
def test_a_thousand_trials_are_no_trouble(method):
    config = made_config(method, MIXED)
    assert_good(config, suggest(SearchRequest(config, 1, 1_000, random_trials(config, 1_000))))


@every_searching
def test_trials_that_do_not_fit_an_edited_space_do_no_harm(method):
    older = made_config(method, MIXED)
    edited = made_config(
        method,
        MIXED
        | {"dropout": {"min": 0.2, "max": 0.3}, "optimizer": {"values": ["lion"]}, "new": {"min": 0.0, "max": 1.0}},
    )
    for trials in (random_trials(older, 40), random_trials(older, 40) + random_trials(edited, 40, seed=6)):
        assert_good(edited, suggest(SearchRequest(edited, 1, 80, trials)))


@every_learning
def test_it_learns(method):
    """The best of what it asks for at the end is better than the best of as many random points, over several seeds."""
    config = made_config(
        method, {"x": {"min": 0.0, "max": 1.0}, "y": {"min": 0.0, "max": 1.0}, "n": {"min": 1, "max": 9}}
    )

    def loss(found):
        return (found["x"] - 0.2) ** 2 + (found["y"] - 0.7) ** 2 + ((found["n"] - 3) / 8) ** 2

    def median_of(method_config, seed):
        trials = []
        for number in range(45):
            found = suggest(SearchRequest(method_config, seed, number, tuple(trials))).config
            values = (loss(found), -loss(found))[: len(method_config.get("metrics", [1]))]
            trials.append(Trial(number, found, "finished", values))
        return float(np.median([trial.values[0] for trial in trials[-15:]]))

    ours = np.mean([median_of(config, seed) for seed in range(3)])
    theirs = np.mean([median_of(made_config("random", config["parameters"]), seed) for seed in range(3)])
    assert ours < 0.7 * theirs


@every_searching
@settings(max_examples=12)
@given(config=configs(), seed=st.integers(0, 2**53), count=st.sampled_from([0, 3, 25]))
def test_suggestions_over_random_spaces(method, config, seed, count):
    goals = {"metrics": [{"name": "a"}, {"name": "b"}]} if METHODS[method].needs_metrics else {"metric": {"name": "a"}}
    rest = {key: value for key, value in config.items() if key not in ("method", "metric")}
    config = check_config(rest | {"method": method} | goals).config
    trials = random_trials(config, count)
    found = suggest(SearchRequest(config, seed, count, trials))
    assume(found is not None)
    assert_good(config, found)
    assert suggest(SearchRequest(config, seed, count, trials)) == found


@settings(max_examples=12)
@pytest.mark.parametrize("method", ENDING)
@given(config=configs("grid", grid_parameters, largest=2))
def test_finite_random_spaces_end_after_their_last_point(method, config):
    goals = {"metrics": [{"name": "a"}, {"name": "b"}]} if METHODS[method].needs_metrics else {"metric": {"name": "a"}}
    rest = {key: value for key, value in config.items() if key not in ("method", "metric")}
    config = check_config(rest | {"method": method} | goals).config
    assume(config is not None)  # a grid has other multiples of q, by which alone a constraint may hold
    assume(space_from_config(config).grid_size() <= 20)
    trials = asked_in_turn(config, 60)
    assert len({json_key(trial.config) for trial in trials}) == len(trials)
    assert len(trials) < 60


def test_a_method_of_a_controller_outside_suggests_nothing():
    config = check_config({"method": "custom", "parameters": MIXED, "controller": {"type": "local"}}).config
    assert suggest(SearchRequest(config, 1, 0)) is None
    assert METHODS["custom"].is_outside


@every_method
def test_any_method_takes_a_local_controller(method):
    config = made_config(method, FEW, controller={"type": "local"})
    assert config["controller"] == {"type": "local"}


def test_checking_a_config_imports_no_model():
    heavy = ("optuna", "sklearn", "cmaes", "scipy.stats", "scipy.optimize")
    code = f"import sys, sweeps_app.search.schema; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
