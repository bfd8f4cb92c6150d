import json
import math
import re
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest

from sweeps_app.analysis.encoding import ParameterAxis
from sweeps_app.analysis.features import encode_configs
from sweeps_app.analysis.importance import parameter_importance
from sweeps_app.analysis.results import importance_from_json

AXES = [
    ParameterAxis(("lr",), "number", log=True),
    ParameterAxis(("net", "width"), "number"),
    ParameterAxis(("optimizer",), "category"),
    ParameterAxis(("noise",), "number"),
]


def _configs(n, seed=0):
    rng = np.random.default_rng(seed)
    return [
        {
            "lr": float(10 ** rng.uniform(-4, -1)),
            "net": {"width": int(rng.integers(8, 128))},
            "optimizer": str(rng.choice(["sgd", "adam", "lion"])),
            "noise": float(rng.random()),
        }
        for _ in range(n)
    ]


def _loss(config):
    """Falls with the logarithm of the learning rate, depends on the optimizer, and hardly on the width."""
    extra = {"sgd": 1.0, "adam": 0.0, "lion": 0.2}[config["optimizer"]]
    return -2 * math.log10(config["lr"]) + extra - 0.002 * config["net"]["width"]


def _importance(configs, values, seed=0):
    return parameter_importance(encode_configs(configs, AXES), np.array(values, dtype=np.float64), seed=seed)


def _rows(found):
    return {row.parameter: row for row in found.rows}


@pytest.mark.parametrize("n", [40, 150, 600])
def test_a_known_ranking_is_found(n):
    configs = _configs(n)
    found = _importance(configs, [_loss(config) for config in configs])
    assert [row.parameter for row in found.rows[:2]] == ["lr", "optimizer"]
    assert (found.runs, found.warning) == (n, None)
    assert found.r2 > 0.8
    assert _rows(found)["lr"].importance > 0.6
    assert _rows(found)["noise"].importance < 0.05


def test_shares_sum_to_one_and_lie_within_their_intervals():
    configs = _configs(60)
    found = _importance(configs, [_loss(config) for config in configs])
    assert sum(row.importance for row in found.rows) == pytest.approx(1)
    assert all(0 <= row.low <= row.importance <= row.high <= 1 for row in found.rows)


def test_correlation_has_the_sign_of_the_slope_and_categories_have_none():
    configs = _configs(100)
    rows = _rows(_importance(configs, [_loss(config) for config in configs]))
    assert rows["lr"].correlation < -0.9
    assert rows["optimizer"].correlation is None
    assert abs(rows["noise"].correlation) < 0.3
    turned = _rows(_importance(configs, [-_loss(config) for config in configs]))
    assert turned["lr"].correlation == pytest.approx(-rows["lr"].correlation)


def test_correlation_is_pearsons_on_the_axis_scale():
    configs = _configs(30)
    values = [_loss(config) for config in configs]
    expected = np.corrcoef([math.log(config["lr"]) for config in configs], values)[0, 1]
    assert _rows(_importance(configs, values))["lr"].correlation == pytest.approx(expected)


def test_a_parameter_that_only_some_runs_have_is_compared_among_those():
    configs = _configs(80)
    for config in configs[::2]:
        del config["net"]
    values = [config["net"]["width"] / 20 if "net" in config else 5.0 for config in configs]
    found = _importance(configs, values)
    assert found.rows[0].parameter == "net.width"
    assert found.rows[0].correlation > 0.95


def test_diverged_runs_do_not_decide_the_ranking():
    configs = _configs(80)
    values = [_loss(config) for config in configs]
    values[0], values[1], values[2] = 1e308, -1e308, 1e12
    found = _importance(configs, values)
    assert found.rows[0].parameter == "lr"
    assert found.rows[0].importance > 0.6
    assert found.rows[0].correlation < -0.6


@pytest.mark.parametrize("scale", [1e-300, 1e300])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_neither_scale_nor_offset_of_the_metric_matters(scale, offset):
    configs = _configs(60)
    plain = _importance(configs, [_loss(config) for config in configs])
    moved = _importance(configs, [(_loss(config) + offset) * scale for config in configs])
    assert moved.r2 == pytest.approx(plain.r2, abs=0.02)
    assert _rows(moved)["lr"].importance == pytest.approx(_rows(plain)["lr"].importance, abs=0.02)


def test_the_same_arguments_give_the_same_answer():
    configs = _configs(40)
    values = [_loss(config) for config in configs]
    assert _importance(configs, values, seed=3) == _importance(configs, values, seed=3)
    assert _importance(configs, values, seed=3) != _importance(configs, values, seed=4)


@pytest.mark.parametrize(
    ("configs", "values", "warning"),
    [
        ([], [], "needs 10 ended runs .* there are 0"),
        (_configs(12), [1.0] * 9 + [math.nan, math.inf, -math.inf], "needs 10 ended runs .* there are 9"),
        (_configs(1) * 12, range(12), "No parameter varies"),
        (_configs(12), [0.5] * 12, "same value in all runs"),
    ],
)
def test_it_says_why_there_is_no_ranking(configs, values, warning):
    found = _importance(configs, values)
    assert (found.rows, found.r2, found.dependence, found.interactions) == ((), None, (), ())
    assert found.warning is not None
    assert re.search(warning, found.warning)


def test_noise_gets_no_ranking_and_the_correlations_are_shown_all_the_same():
    found = _importance(_configs(300), np.random.default_rng(0).normal(size=300))
    assert "there is no ranking" in found.warning
    assert [(row.importance, row.low, row.high) for row in found.rows] == [(0.0, 0.0, 0.0)] * 4
    assert _rows(found)["noise"].correlation is not None


def test_a_weak_ranking_is_shown_with_a_warning():
    configs = _configs(900)
    noise = np.random.default_rng(0).normal(scale=4.25, size=900)
    found = _importance(configs, [_loss(config) + error for config, error in zip(configs, noise, strict=True)])
    assert 0 < found.r2_low < found.r2 < 0.1
    assert f"explain only {found.r2:.0%}" in found.warning
    assert found.rows[0].parameter == "lr"


def test_lengths_that_differ_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="3 configurations but 2 values"):
        _importance(_configs(3), [1.0, 2.0])


def test_reading_a_result_does_not_load_scikit_learn():
    code = "import sweeps_app.analysis.importance, sys; sys.exit(bool({'sklearn', 'scipy'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_ranking_that_may_be_chance_is_refused():
    configs = _configs(40)
    noise = np.random.default_rng(2).normal(scale=3.0, size=40)
    found = _importance(configs, [_loss(config) + error for config, error in zip(configs, noise, strict=True)])
    assert found.r2_low <= 0 < found.r2 < found.r2_high
    assert "cannot support a ranking" in found.warning


def test_of_two_that_matter_alike_none_is_called_the_first():
    configs = _configs(100)
    found = _importance(configs, [-math.log10(c["lr"]) / 3 + c["net"]["width"] / 120 for c in configs])
    assert re.fullmatch(
        r"These runs cannot tell which matters more, (lr or net.width|net.width or lr)\.", found.warning
    )


def test_what_was_done_to_the_runs_is_said():
    configs = [config | {"twin": config["noise"] ** 2} for config in _configs(60)]
    values = [_loss(config) for config in configs]
    values[0] = 1e6
    axes = [*AXES, ParameterAxis(("twin",), "number"), ParameterAxis(("fixed",), "number")]
    found = parameter_importance(
        encode_configs([config | {"fixed": 3} for config in configs], axes), np.array(values), seed=0
    )
    assert found.constant == ("fixed",)
    assert any(note.startswith("1 outlier counts as less extreme") for note in found.notes)
    assert any("noise and twin (+1.00)" in note for note in found.notes)


def test_conditional_parameters_are_named_with_the_runs_that_have_them():
    axes = [*AXES, ParameterAxis(("momentum",), "number", conditional=True)]
    configs = [config | ({"momentum": i / 60} if i % 3 else {}) for i, config in enumerate(_configs(60))]
    found = parameter_importance(encode_configs(configs, axes), np.array([_loss(c) for c in configs]), seed=0)
    assert "Compared only among the runs that have them: momentum (40)." in found.notes
    assert {row.parameter: row.runs for row in found.rows}["momentum"] == 40


def test_a_result_goes_to_json_and_back():
    configs = _configs(60)
    found = _importance(configs, [_loss(config) for config in configs])
    assert found.dependence
    assert found.interactions
    assert importance_from_json(json.loads(json.dumps(asdict(found)))) == found
