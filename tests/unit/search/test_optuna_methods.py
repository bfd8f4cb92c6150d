"""TPE, NSGA-II, CMA-ES and Sobol search: how each treats a space, and that it does what it is for."""

import json
import subprocess
import sys

import numpy as np
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from scipy.stats import qmc

from sweeps_app.analysis.hypervolume import hypervolume
from sweeps_app.search.distributions import json_key
from sweeps_app.search.optuna_study import study_space_of
from sweeps_app.search.quasi_random import sobol_points
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from sweeps_app.search.suggest import SearchRequest, suggest
from sweeps_app.search.trials import Trial

CUBE = {name: {"min": 0.0, "max": 1.0} for name in "abcd"}


def _config(method, parameters, **extra):
    checked = check_config({"method": method, "parameters": parameters, "metric": {"name": "loss"}} | extra)
    assert checked.problems == ()
    return checked.config


def _pair(method, parameters):
    checked = check_config({"method": method, "parameters": parameters, "metrics": [{"name": "f"}, {"name": "g"}]})
    assert checked.problems == ()
    return checked.config


def _searched(config, objective, count, seed=0):
    trials = []
    for number in range(count):
        found = suggest(SearchRequest(config, seed, number, tuple(trials)))
        trials.append(Trial(found.number, found.config, "finished", objective(found.config)))
    return trials


def _law_of(parameter):
    config = _config("tpe", {"p": parameter})
    adapter = study_space_of(space_from_config(config))
    return adapter._laws[0]


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ({"values": ["a", "b", "c"]}, CategoricalDistribution((0, 1, 2))),
        ({"values": ["a", "b"], "probabilities": [0.9, 0.1]}, CategoricalDistribution((0, 1))),
        ({"min": -3, "max": 3}, IntDistribution(0, 6)),
        ({"distribution": "q_uniform", "min": 0, "max": 10, "q": 2.5}, IntDistribution(0, 4)),
        ({"min": 1, "max": 10**9}, FloatDistribution(0, 1)),
        ({"distribution": "log_uniform_values", "min": 1e-5, "max": 1}, FloatDistribution(0, 1)),
        ({"distribution": "q_log_uniform_values", "min": 8, "max": 512, "q": 8}, FloatDistribution(0, 1)),
        ({"distribution": "normal"}, FloatDistribution(0, 1)),
        ({"values": list(range(1_500))}, IntDistribution(0, 1_499)),
    ],
)
def test_laws_become_what_optuna_knows(parameter, expected):
    assert _law_of(parameter) == expected


def test_an_absent_parameter_is_unknown_to_optuna():
    config = _config("tpe", {"o": {"values": ["s", "t"]}, "m": {"min": 0.0, "max": 1.0, "when": {"o": ["s"]}}})
    adapter = study_space_of(space_from_config(config))
    fitting, units = adapter.place([{"o": "t"}, {"o": "s", "m": 0.25}, {"o": "s"}, {"o": "u"}])
    assert fitting == [0, 1]
    trials = adapter.finished(units, adapter.design.active(units), np.array([[1.0], [2.0]]))
    assert [trial.params for trial in trials] == [{"1": 1}, {"0": 0.25, "1": 0}]
    assert [trial.value for trial in trials] == [1.0, 2.0]


def test_tpe_learns_which_branch_is_good_and_the_parameter_in_it():
    parameters = {
        "branch": {"values": ["left", "right", "middle"]},
        "depth": {"min": 0.0, "max": 1.0, "when": {"branch": ["right"]}},
    }
    config = _config("tpe", parameters)
    trials = _searched(config, lambda c: (abs(c.get("depth", 2.0) - 0.8),), 60)
    late = [trial.config for trial in trials[-20:]]
    assert sum(c["branch"] == "right" for c in late) >= 14
    assert np.median([abs(c["depth"] - 0.8) for c in late if "depth" in c]) < 0.15


def test_running_trials_drive_tpe_away():
    config = _config("tpe", {"x": {"min": 0.0, "max": 1.0}})
    known = [Trial(i, {"x": i / 29}, "finished", (abs(i / 29 - 0.5),)) for i in range(30)]
    running = [Trial(30 + i, {"x": 0.5 + (i - 10) / 1_000}, "running") for i in range(20)]
    alone = [suggest(SearchRequest(config, 1, n, known)).config["x"] for n in range(60, 90)]
    crowded = [suggest(SearchRequest(config, 1, n, known + running)).config["x"] for n in range(60, 90)]
    assert np.median(np.abs(np.array(crowded) - 0.5)) > 1.5 * np.median(np.abs(np.array(alone) - 0.5))


def test_the_start_fills_the_space_evenly():
    config = _config("tpe", {"a": {"min": 0.0, "max": 1.0}})
    points = sorted(suggest(SearchRequest(config, 8, number)).config["a"] for number in range(8))
    assert [int(8 * point) for point in points] == list(range(8))


def _zdt1(config):
    x = [config[name] for name in "abcd"]
    g = 1 + 9 * float(np.mean(x[1:]))
    return x[0], g * (1 - (x[0] / g) ** 0.5)


@pytest.mark.parametrize("method", ["nsga2", "tpe"])
def test_multi_objective_methods_cover_more_than_random_points(method):
    """ZDT1: Zitzler, Deb and Thiele, Evolutionary Computation 8 (2000)."""
    reference = np.array([1.1, 6.0])

    def covered(name):
        trials = _searched(_pair(name, CUBE), _zdt1, 80)
        return hypervolume(np.array([trial.values for trial in trials]), reference)

    assert covered(method) > covered("random") + 0.3


def test_cmaes_comes_to_the_minimum_of_a_tilted_bowl():
    config = _config("cmaes", {"x": {"min": -2.0, "max": 2.0}, "y": {"min": -2.0, "max": 2.0}})
    trials = _searched(config, lambda c: (50 * (c["x"] + c["y"] - 1) ** 2 + (c["x"] - c["y"] + 1) ** 2,), 150)
    assert min(trial.values[0] for trial in trials) < 1e-3


def test_cmaes_keeps_looking_at_other_steps():
    config = _config(
        "cmaes", {"n": {"min": 0, "max": 10}, "x": {"min": 0.0, "max": 1.0}, "y": {"min": 0.0, "max": 1.0}}
    )
    trials = _searched(config, lambda c: ((c["n"] - 8) ** 2 + (c["x"] - 0.3) ** 2 + (c["y"] - 0.6) ** 2,), 120)
    late = [trial.config["n"] for trial in trials[-60:]]
    assert np.median(late) == 8
    assert len(set(late)) > 1


def test_cmaes_starts_anew_once_it_has_converged():
    config = _config("cmaes", {"x": {"min": 0.0, "max": 1.0}, "y": {"min": 0.0, "max": 1.0}})
    flat = [Trial(i, {"x": 0.25 + i * 1e-15, "y": 0.25}, "finished", (1.0,)) for i in range(600)]
    found = suggest(SearchRequest(config, 1, 600, flat))
    assert found.why["restarts"] >= 1


def test_cmaes_forgets_the_oldest_of_very_many_results():
    config = _config("cmaes", {"x": {"min": 0.0, "max": 1.0}, "y": {"min": 0.0, "max": 1.0}})
    generator = np.random.default_rng(0)
    trials = [
        Trial(i, {"x": x, "y": y}, "finished", (x,)) for i, (x, y) in enumerate(generator.random((2_600, 2)).tolist())
    ]
    whole = suggest(SearchRequest(config, 1, 2_600, trials)).config
    assert suggest(SearchRequest(config, 1, 2_600, trials[1_000:])).config == whole
    assert suggest(SearchRequest(config, 1, 2_600, trials[1_500:])).config != whole


def test_cmaes_warns_of_categories_and_says_what_else_there_is():
    checked = check_config(
        {
            "method": "cmaes",
            "metric": {"name": "loss"},
            "parameters": {"g": {"parameters": {"o": {"values": list("abc")}}}},
        }
    )
    assert checked.config is not None
    assert [(w.path, w.code) for w in checked.warnings] == [("parameters.g.parameters.o", "ordered_values")]


@pytest.mark.parametrize("method", ["bayes", "cmaes"])
def test_methods_for_one_metric_refuse_several(method):
    metrics = [{"name": "f"}, {"name": "g"}]
    checked = check_config({"method": method, "parameters": CUBE, "metrics": metrics})
    assert [(p.path, p.code) for p in checked.problems] == [("metrics", "unsupported")]


@pytest.mark.parametrize("method", ["random", "qmc", "tpe", "nsga2", "custom"])
def test_methods_that_can_take_several_metrics(method):
    assert _pair(method, CUBE)["metrics"][1]["name"] == "g"


def test_a_grid_takes_several_metrics():
    assert _pair("grid", {"a": {"values": [1, 2]}})


@pytest.mark.parametrize(
    ("method", "path"), [("tpe", "metric"), ("cmaes", "metric"), ("bayes", "metric"), ("nsga2", "metrics")]
)
def test_methods_that_learn_ask_for_what_they_learn_from(method, path):
    checked = check_config({"method": method, "parameters": CUBE})
    assert [(p.path, p.code) for p in checked.problems] == [(path, "required")]


def test_nsga2_asks_for_several_metrics():
    checked = check_config({"method": "nsga2", "parameters": CUBE, "metric": {"name": "f"}})
    assert [p.path for p in checked.problems] == ["metrics"]


def test_qmc_is_the_scrambled_sobol_sequence_of_its_seed():
    config = _config("qmc", {"a": {"min": 0.0, "max": 1.0}, "b": {"min": 0.0, "max": 1.0}, "c": {"value": 3}})
    engine = qmc.Sobol(2, scramble=True, rng=np.random.Generator(np.random.PCG64(42)))
    expected = engine.random(64)
    found = [suggest(SearchRequest(config, 42, number)).config for number in range(64)]
    assert np.array([[c["a"], c["b"]] for c in found]) == pytest.approx(expected)
    first = next(sobol_points(space_from_config(config), 42, 63))
    assert first[:2] == pytest.approx(expected[63])


def test_qmc_steps_over_points_that_constraints_forbid():
    config = _config(
        "qmc", {"a": {"min": 0.0, "max": 1.0}, "b": {"min": 0.0, "max": 1.0}}, constraints=["a <= 0.1 * b"]
    )
    free = _config("qmc", {"a": {"min": 0.0, "max": 1.0}, "b": {"min": 0.0, "max": 1.0}})
    trials = _searched(config, lambda c: (0.0,), 10)
    numbers = [trial.number for trial in trials]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] > 20
    for trial in trials:
        assert trial.config == suggest(SearchRequest(free, 0, trial.number)).config


def test_qmc_keeps_the_numbers_asked_for_in_a_space_that_ends():
    config = _config("qmc", {"a": {"values": [1, 2, 3]}, "b": {"values": [1, 2, 3]}})
    trials = _searched(config, lambda c: (0.0,), 9)
    assert [trial.number for trial in trials] == list(range(9))
    assert len({json_key(trial.config) for trial in trials}) == 9
    assert suggest(SearchRequest(config, 0, 8, trials[:-1])).config == trials[-1].config
    assert suggest(SearchRequest(config, 0, 9, trials)) is None


@pytest.mark.parametrize("method", ["tpe", "cmaes"])
def test_a_suggestion_names_the_library_that_replays_it(method):
    config = _config(method, CUBE)
    trials = _searched(config, lambda c: (c["a"],), 20)
    assert suggest(SearchRequest(config, 0, 20, trials)).why["library"].split()[0] in ("optuna", "cmaes")


def test_other_processes_make_the_same_suggestion():
    config = _config("tpe", CUBE | {"o": {"values": list("xyz")}})
    trials = _searched(config, lambda c: (c["a"],), 15)
    here = suggest(SearchRequest(config, 5, 15, trials)).config
    code = (
        "import json, sys; from sweeps_app.search.suggest import *; from sweeps_app.search.trials import Trial;"
        "c, ts = json.load(sys.stdin); ts = [Trial(t[0], t[1], t[2], tuple(t[3])) for t in ts];"
        "print(json.dumps(suggest(SearchRequest(c, 5, 15, ts)).config))"
    )
    rows = [[t.number, t.config, t.state, t.values] for t in trials]
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps([config, rows]), check=True, capture_output=True, text=True
    )
    assert json.loads(done.stdout) == here
    assert done.stderr == ""
