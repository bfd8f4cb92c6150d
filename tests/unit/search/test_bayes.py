"""Bayesian search: its contract on every space, and that it learns."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeps_app.search.bayes import suggest_bayes
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
        found = suggest_bayes(SearchRequest(config, seed, number, trials))
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
