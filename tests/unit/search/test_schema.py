"""Which configs are accepted, what they become, and what is said of the others."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.search.distributions import DISTRIBUTIONS
from sweeps_app.search.schema import KEYS, check_config
from sweeps_app.search.suggest import METHODS


def random(parameter=None, **more):
    return {"method": "random", "parameters": {"x": parameter or {"value": 1}}, **more}


def stopping(**fields):
    return random(metric={"name": "loss"}, early_terminate=fields)


def accepted(config):
    checked = check_config(config)
    assert checked.problems == ()
    return checked.config


def problems(config):
    """Return the problems as "path: message"."""
    checked = check_config(config)
    assert (checked.config is None) is bool(checked.problems)
    return [f"{problem.path}: {problem.message}" for problem in checked.problems]


def the_problem(config):
    found = problems(config)
    assert len(found) == 1, found
    return found[0]


def warnings(config):
    checked = check_config(config)
    assert checked.problems == ()
    return [f"{warning.path}: {warning.message}" for warning in checked.warnings]


@pytest.mark.parametrize(
    ("given", "normalised"),
    [
        ({"value": None}, {"distribution": "constant", "value": None}),
        ({"values": [1, "a"]}, {"distribution": "categorical", "values": [1, "a"]}),
        ({"min": 1, "max": 3}, {"distribution": "int_uniform", "min": 1, "max": 3}),
        ({"min": 1, "max": 3.0}, {"distribution": "uniform", "min": 1, "max": 3.0}),
        ({"distribution": "uniform", "min": 1, "max": 3}, {"distribution": "uniform", "min": 1, "max": 3}),
        ({"distribution": "normal"}, {"distribution": "normal", "mu": 0, "sigma": 1}),
        ({"distribution": "q_beta", "a": 2}, {"distribution": "q_beta", "a": 2, "b": 1, "q": 1}),
        (
            {"values": [1, 2], "probabilities": [0.5, 0.5]},
            {"distribution": "categorical_w_probabilities", "values": [1, 2], "probabilities": [0.5, 0.5]},
        ),
    ],
)
def test_a_parameter_becomes_a_named_distribution_with_its_defaults(given, normalised):
    assert accepted(random(given))["parameters"]["x"] == normalised


@pytest.mark.parametrize(
    ("given", "path", "message"),
    [
        ({"min": 1}, "parameters.x.max", "is required by int_uniform, beside min"),
        ({"max": 0.5}, "parameters.x.min", "is required by uniform, beside max"),
        ({"min": 3, "max": 1}, "parameters.x.min", "3 is not less than 1"),
        ({"min": 1.0, "max": 1.0}, "parameters.x.min", "1.0 is not less than 1.0"),
        ({"min": True, "max": 3}, "parameters.x.min", "must be a number, not true"),
        ({"min": "1", "max": 3}, "parameters.x.min", "write 1 without quotes"),
        ({"min": 0, "max": "Infinity"}, "parameters.x.max", "not 'Infinity'"),
        ({"min": -1e308, "max": 1e308}, "parameters.x", "too extreme"),
        ({"distribution": "int_uniform", "min": 1.5, "max": 3}, "parameters.x.min", "must be an integer, not 1.5"),
        ({"value": 1, "values": [1]}, "parameters.x", "both value and values"),
        ({"values": []}, "parameters.x.values", "at least one value"),
        ({"values": "abc"}, "parameters.x.values", "must be a list"),
        ({"mu": 1}, "parameters.x.mu", "needs a distribution that takes it: normal, q_normal"),
        ({"min": 0, "max": 1, "sigma": 1}, "parameters.x.sigma", "does not belong to int_uniform"),
        ({"min": 0, "max": 1.5, "q": 1}, "parameters.x.q", "write distribution: q_uniform"),
        ({"distribution": "q_normal", "q": 0}, "parameters.x.q", "must be greater than 0, not 0"),
        ({"distribution": "q_uniform", "min": 0, "max": 1, "q": 1e-30}, "parameters.x", "too extreme"),
        ({"distribution": "log_uniform_values", "min": 0, "max": 1}, "parameters.x.min", "greater than 0"),
        ({"distribution": "log_uniform", "min": 0, "max": 1000}, "parameters.x", "too extreme for log_uniform"),
        ({"distribution": "log_normal", "sigma": 100}, "parameters.x", "too extreme for log_normal"),
        ({"distribution": "normal", "sigma": -1}, "parameters.x.sigma", "at least 0, not -1"),
        ({"distribution": "beta", "a": 0}, "parameters.x.a", "greater than 0"),
        ({"distribution": "lognormal"}, "parameters.x.distribution", "did you mean 'log_normal'?"),
        ({"distribution": ["uniform"]}, "parameters.x.distribution", "is no distribution"),
        ({"vales": [1]}, "parameters.x.vales", "did you mean 'values'?"),
        ({"values": [1], "probability": [1]}, "parameters.x.probability", "did you mean 'probabilities'?"),
        ({"values": [1, 2], "probabilities": [1]}, "parameters.x.probabilities", "1 entries for 2 values"),
        ({"values": [1, 2], "probabilities": [0.5, 0.6]}, "parameters.x.probabilities", "must sum to 1, not 1.1"),
        ({"values": [1, 2], "probabilities": [1.5, -0.5]}, "parameters.x.probabilities[1]", "at least 0"),
        (
            {"distribution": "categorical", "values": [1], "probabilities": [1]},
            "parameters.x.probabilities",
            "categorical_w_probabilities",
        ),
        ({"parameters": {"y": {"min": 2, "max": 1}}}, "parameters.x.parameters.y.min", "2 is not less than 1"),
        ({"parameters": {}}, "parameters.x.parameters", "at least one parameter"),
        ({"parameters": {"y": {"value": 1}}, "values": [1]}, "parameters.x.values", "cannot stand beside parameters"),
        (0.1, "parameters.x", "write {value: 0.1}"),
        ([1, 2], "parameters.x", "write {values: [1, 2]}"),
    ],
)
def test_a_wrong_parameter_is_named_by_its_whole_path_with_the_fix(given, path, message):
    found = the_problem(random(given))
    assert found.startswith(f"{path}: ")
    assert message in found


def test_an_empty_parameter_is_told_what_it_needs():
    assert the_problem({"method": "random", "parameters": {"x": {}}}) == (
        "parameters.x: needs value, values, min and max, distribution, or parameters"
    )


def test_every_problem_is_listed_at_once():
    config = {
        "metod": "random",
        "parameters": {
            "a": {"min": 3, "max": 1},
            "b": {"values": []},
            "g": {"parameters": {"c": {"parameters": {"d": {"mu": 1}}}}},
            "2e": {"value": 1},
        },
        "metric": {"nam": "loss", "goal": "max"},
        "early_terminate": {"type": "hyperbnd"},
        "command": "python x.py",
        "run_cap": 0,
        "constraints": ["a <", "zz > 1"],
    }
    assert {problem.path for problem in check_config(config).problems} == {
        "metod",
        "method",
        "parameters.a.min",
        "parameters.b.values",
        "parameters.g.parameters.c.parameters.d.mu",
        "parameters.2e",
        "metric.nam",
        "metric.name",
        "metric.goal",
        "early_terminate.type",
        "command",
        "run_cap",
        "constraints[0]",
        "constraints[1]",
    }


@pytest.mark.parametrize("config", [None, [], "random", 3, [{}]])
def test_what_is_no_object_is_no_config(config):
    assert the_problem(config).startswith(": must be an object")


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"parameters": {"x": {"value": 1}}}, "method: is required: choose random"),
        ({"method": "grd", "parameters": {"x": {"value": 1}}}, "did you mean 'grid'?"),
        ({"method": "random"}, "parameters: is required"),
        ({"method": "random", "parameters": {}}, "parameters: must be an object with at least one parameter"),
        (random(metod=1), "metod: unknown key 'metod'; did you mean 'method'?"),
        (random(runcap=1), "did you mean 'run_cap'?"),
        (random(name=3), "name: must be text, not 3"),
        (random(name="n" * 201), "name: must have at most 200 characters"),
        (random(run_cap=0), "run_cap: must be from 1"),
        (random(run_cap=1.5), "run_cap: must be an integer, not 1.5"),
        (random(seed=-1), "seed: must be from 0"),
        (random(repeats=0), "repeats: must be from 1"),
        (random(controller={"type": "remote"}), "controller.type: must be cloud or local"),
        (random(controller="local"), "controller: must be an object"),
        (random(constraints="x > 1"), "constraints: must be a list"),
        (random(constraints=[3]), "constraints[0]: must be a text"),
        (random(metric="loss"), "metric: must be an object"),
        (random(metric={"name": ""}), "metric.name: must not be empty"),
        (random(metric={"name": "loss", "target": "low"}), "metric.target: must be a number"),
        (random(metric={"name": "loss", "impute": "median"}), "metric.impute: must be worst, best or latest"),
        (random(metric={"name": "loss", "impute_while_running": True}), "must be false, worst, best or latest"),
        (random(metrics=[{"name": "a"}]), "metrics: must be a list of two or more"),
        (random(metrics=[{"name": "a"}, {"name": "a"}]), "metrics[1].name: 'a' is named twice"),
        (random(metric={"name": "a"}, metrics=[{"name": "b"}, {"name": "c"}]), "metrics: cannot stand beside metric"),
    ],
)
def test_top_level_keys(config, expected):
    assert expected in the_problem(config)


def test_all_keys_together_are_accepted_and_come_back():
    config = random(
        {"min": 1, "max": 9},
        name="n",
        description="d",
        project="p",
        entity="e",
        program="train.py",
        command=["${env}", "python", "${program}", "--x=${x}", "${envvar:HOME}/data"],
        metric={"name": "loss", "goal": "maximize", "target": 3, "impute": "best", "impute_while_running": "latest"},
        early_terminate={"type": "hyperband", "min_iter": 3, "eta": 2, "strict": False},
        run_cap=5,
        controller={"type": "local"},
        seed=3,
        repeats=2,
        constraints=["x > 2"],
        retry={"attempts": 2, "on_lost": False, "exit_codes": [1, 137], "quarantine": False},
    )
    normalised = accepted(config)
    assert set(normalised) == set(config) == set(KEYS) - {"metrics"}
    for key in set(config) - {"parameters"}:
        assert normalised[key] == config[key]


def test_retry_gets_its_defaults():
    defaults = {"attempts": 3, "on_lost": True, "exit_codes": [], "quarantine": True}
    assert accepted(random(retry={}))["retry"] == defaults
    assert "retry" not in accepted(random())


@pytest.mark.parametrize(
    ("retry", "path"),
    [
        ({"attempts": 0}, "retry.attempts: "),
        ({"on_lost": "yes"}, "retry.on_lost: must be true or false"),
        ({"quarantine": 1}, "retry.quarantine: must be true or false"),
        ({"exit_codes": "all"}, "retry.exit_codes: must be"),
        ({"exit_codes": [0]}, "retry.exit_codes: must not hold 0"),
        ({"exit_codes": ["1"]}, "retry.exit_codes[0]: "),
        ({"quarentine": True}, "retry.quarentine: "),
        (3, "retry: "),
    ],
)
def test_what_is_wrong_with_retry_is_told(retry, path):
    assert the_problem(random(retry=retry)).startswith(path)


def test_a_metric_gets_its_defaults():
    assert accepted(random(metric={"name": "loss"}))["metric"] == {
        "name": "loss",
        "goal": "minimize",
        "impute": "worst",
        "impute_while_running": False,
    }


@pytest.mark.parametrize("method", [name for name, method in METHODS.items() if method.needs_metric])
def test_a_method_that_learns_needs_a_metric(method):
    config = {"method": method, "parameters": {"x": {"min": 0.0, "max": 1.0}}}
    assert "is required by method" in the_problem(config)
    metrics = [{"name": "a"}, {"name": "b", "goal": "maximize"}]
    assert bool(problems(config | {"metrics": metrics})) is not METHODS[method].takes_metrics


def test_early_stopping_needs_a_metric():
    config = random(early_terminate={"type": "median"})
    assert the_problem(config) == "metric: is required by early_terminate, which watches it"


@pytest.mark.parametrize(
    ("given", "normalised"),
    [
        ({"type": "hyperband", "min_iter": 3}, {"min_iter": 3, "eta": 3, "strict": True}),
        ({"type": "hyperband", "max_iter": 27, "s": 2}, {"max_iter": 27, "s": 2, "eta": 3, "strict": True}),
        ({"type": "hyperband", "max_iter": 27.0, "s": 2, "eta": 1.5}, {"max_iter": 27, "s": 2, "eta": 1.5}),
        ({"type": "median"}, {"min_iter": 1}),
        ({"type": "asha"}, {"min_iter": 1, "eta": 3}),
        ({"type": "asha", "min_iter": 2, "eta": 4}, {"min_iter": 2, "eta": 4}),
        ({"type": "patience", "patience": 4}, {"patience": 4, "min_delta": 0, "min_iter": 1}),
    ],
)
def test_every_stopping_rule_gets_its_defaults(given, normalised):
    found = accepted(stopping(**given))["early_terminate"]
    assert found.items() >= {"type": given["type"], **normalised}.items()
    assert all(type(found[key]) is type(value) for key, value in normalised.items())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"min_iter": 3}, "early_terminate.type: is required: hyperband, asha, median or patience"),
        ({"type": "hyperbnd"}, "did you mean 'hyperband'?"),
        ({"type": "hyperband"}, "early_terminate: needs min_iter, or max_iter and s"),
        ({"type": "hyperband", "max_iter": 27}, "early_terminate.s: is required beside max_iter"),
        ({"type": "hyperband", "max_iter": 27, "s": 2.5}, "early_terminate.s: must be an integer, not 2.5"),
        ({"type": "hyperband", "max_iter": 2, "s": 2}, "early_terminate.max_iter: must be at least eta (3), not 2"),
        ({"type": "hyperband", "min_iter": 0}, "early_terminate.min_iter: must be from 1"),
        ({"type": "hyperband", "min_iter": 3, "eta": 1}, "early_terminate.eta: must be greater than 1"),
        ({"type": "hyperband", "min_iter": 3, "strict": "yes"}, "early_terminate.strict: must be true or false"),
        ({"type": "hyperband", "min_iter": 3, "min_itr": 3}, "did you mean 'min_iter'?"),
        ({"type": "median", "eta": 3}, "early_terminate.eta: unknown key"),
        ({"type": "asha", "min_iter": 9, "max_iter": 9}, "must be greater than min_iter (9)"),
        ({"type": "patience"}, "early_terminate.patience: is required"),
        ({"type": "patience", "patience": 3, "min_delta": -1}, "early_terminate.min_delta: must be at least 0"),
    ],
)
def test_a_wrong_stopping_rule_is_refused(given, expected):
    assert expected in the_problem(stopping(**given))


def test_max_iter_wins_over_min_iter_with_a_warning():
    config = stopping(type="hyperband", min_iter=3, max_iter=27, s=2)
    assert warnings(config) == ["early_terminate.min_iter: is not used: max_iter decides the bands"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python x.py", "command: must be a list of texts, one an argument"),
        ([], "command: must be a list"),
        (["${arg}"], "command[0]: ${arg} is neither a macro nor a parameter; did you mean 'args'?"),
        (["--lr=${y}"], "command[0]: ${y} is neither a macro nor a parameter"),
        (["x", "--all=${args}"], "command[1]: ${args} must be an element of its own"),
        (["${envvar:}"], "command[0]: ${envvar:} names no variable"),
        ([None], "command[0]: must be a text"),
    ],
)
def test_a_wrong_command_is_refused(command, expected):
    assert expected in the_problem(random(command=command))


def test_a_command_takes_numbers_as_text_and_macros_of_nested_parameters():
    config = {
        "method": "random",
        "parameters": {"opt": {"parameters": {"lr": {"min": 0.0, "max": 1.0}}}},
        "program": "train.py",
        "command": ["${env}", "${interpreter}", "${program}", "--epochs", 5, "--lr=${opt.lr}", "${args_json_file}"],
    }
    assert accepted(config)["command"][4] == "5"
    assert warnings(config) == ["command[4]: the number 5 was read as text"]


def test_numbers_that_yaml_reads_as_text_are_numbers_with_a_warning():
    config = random({"min": "1e-5", "max": "1E-1", "distribution": "log_uniform_values"})
    config["parameters"]["y"] = {"values": ["1e-3", "adam", "1.5e+3"]}
    config["parameters"]["z"] = {"value": "2e4"}
    config["metric"] = {"name": "loss", "target": "1e-2"}
    normalised = accepted(config)
    assert normalised["parameters"]["x"]["min"] == 1e-5
    assert normalised["parameters"]["y"]["values"] == [0.001, "adam", 1500.0]
    assert normalised["parameters"]["z"]["value"] == 20000.0
    assert normalised["metric"]["target"] == 0.01
    assert warnings(config)[0] == ("parameters.x.min: the text '1e-5' was read as the number 1e-05; write 1e-05")
    assert len(warnings(config)) == 6


@pytest.mark.parametrize("name", ["log_uniform", "q_log_uniform", "inv_log_uniform"])
def test_a_deprecated_spelling_is_accepted_with_the_new_one_in_a_warning(name):
    (warning,) = warnings(random({"distribution": name, "min": 0, "max": 2}))
    assert f"write {name}_values with min: 1, max: 7.38906" in warning


def test_keys_of_other_tools_are_left_out_with_a_warning():
    config = random(kind="sweep", apiVersion="1")
    assert set(accepted(config)) == {"method", "parameters"}
    assert {warning.code for warning in check_config(config).warnings} == {"ignored_key"}


@pytest.mark.parametrize(
    "name", [name for name in DISTRIBUTIONS if name not in ("constant", "int_uniform", "q_uniform")]
)
def test_a_grid_refuses_what_has_no_grid_and_names_the_parameter(name):
    fields = {"values": [1]} if name.startswith("categorical") else {}
    if "uniform" in name:
        fields = {"min": 1, "max": 2}
    if name == "categorical_w_probabilities":
        fields["probabilities"] = [1]
    nested = {"parameters": {"y": {"distribution": name, **fields}}}
    found = problems({"method": "grid", "parameters": {"x": nested}})
    if name == "categorical":
        assert found == []
    else:
        assert found[0].startswith(f"parameters.x.parameters.y: {name} has no grid")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([*KEYS, *METHODS, *DISTRIBUTIONS, "hyperband", "1e-5", "x", "x > 1", "${x}", "loss"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*KEYS, "x", "y", "min", "max", "q", "mu", "a", "values", "value", "probabilities", "when"])
            | st.sampled_from(["distribution", "name", "goal", "type", "eta", "min_iter", "max_iter", "s", "patience"])
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_whatever_is_sent_the_answer_is_a_verdict(config):
    checked = check_config(config)
    assert (checked.config is None) is bool(checked.problems)


@given(st.sampled_from(KEYS), json_values)
def test_whatever_a_key_holds_the_problems_are_below_it(key, value):
    config = {"method": "random", "metric": {"name": "loss"}, "parameters": {"x": {"min": 1, "max": 9}}}
    checked = check_config(config | {key: value})
    paths = {problem.path for problem in checked.problems}
    allowed = {key, "metric"} if key != "parameters" else {key, "command"}
    assert all(path.split(".")[0].split("[")[0] in allowed | {"metrics"} for path in paths), checked.problems
    if checked.config is not None:
        assert check_config(json.loads(json.dumps(checked.config))).config == checked.config
