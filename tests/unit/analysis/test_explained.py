import numpy as np
import pytest

from sweeps_app.analysis.encoding import ParameterAxis
from sweeps_app.analysis.explained import explain
from sweeps_app.analysis.features import encode_configs
from sweeps_app.analysis.target import fenced

A, B, C = (ParameterAxis((name,), "number") for name in "abc")
LR = ParameterAxis(("lr",), "number", log=True)
OPT = ParameterAxis(("opt",), "category")
MOMENTUM = ParameterAxis(("momentum",), "number", conditional=True)


def _explained(configs, axes, value):
    values = np.array([value(config) for config in configs], dtype=np.float64)
    return explain(encode_configs(configs, axes), fenced(values), seed=1)


def _uniform(n, names="abc", seed=0):
    rng = np.random.default_rng(seed)
    return [{name: float(rng.random()) for name in names} for _ in range(n)]


def _shares(found, axes):
    return dict(zip((axis.name for axis in axes), (i.value for i in found.shares.intervals), strict=True))


def test_what_two_do_only_together_is_theirs_and_their_interaction():
    found = _explained(_uniform(300), [A, B, C], lambda c: (c["a"] - 0.5) * (c["b"] - 0.5))
    shares = _shares(found, [A, B, C])
    assert shares["a"] > 0.4
    assert shares["b"] > 0.4
    strongest = found.interactions[0]
    assert (strongest.first, strongest.second) == ("a", "b")
    assert strongest.low > 0.3
    assert all(other.strength < 0.1 for other in found.interactions[1:])


def test_what_adds_up_has_no_interaction():
    found = _explained(_uniform(300), [A, B, C], lambda c: 2 * c["a"] + c["b"])
    assert all(pair.strength < 0.05 for pair in found.interactions)


def test_the_grid_of_a_pair_shows_how_they_act_together():
    found = _explained(_uniform(400), [A, B, C], lambda c: 100 * (c["a"] > 0.5) * (c["b"] > 0.5))
    pair = found.interactions[0]
    means = np.array(pair.means, dtype=np.float64)
    assert means.shape == (len(pair.first_ticks), len(pair.second_ticks)) == (7, 7)
    assert means[5:, 5:].mean() > means[:2, :].mean() + 50
    assert np.array(pair.near).sum() >= 400


def test_a_pair_is_masked_where_there_are_no_runs():
    configs = [config | {"b": config["a"]} for config in _uniform(200)]
    found = _explained(configs, [A, B, C], lambda c: c["a"] + c["b"] + c["c"])
    pair = next(pair for pair in found.interactions if {pair.first, pair.second} == {"a", "b"})
    assert pair.means[0][6] is None
    assert pair.near[0][6] == 0
    assert pair.means[3][3] is not None


def test_partial_dependence_follows_the_function_in_units_of_the_metric():
    found = _explained(_uniform(400), [A, B], lambda c: 1000 + 10 * c["a"])
    curve = found.dependence[0]
    assert len(curve.ticks) == 16
    inner = slice(1, 15)
    assert np.allclose(curve.means[inner], 1000 + 10 * np.array(curve.ticks[inner]), atol=0.6)
    assert all(low <= mean <= high for low, mean, high in zip(curve.low, curve.means, curve.high, strict=True))
    assert all(curve.supported)
    flat = found.dependence[1].means
    assert max(flat) - min(flat) < 0.5


def test_where_there_are_no_runs_the_curve_is_not_supported():
    configs = [{"a": a if a < 0.3 else a + 1.0, "b": b} for a, b in np.random.default_rng(0).random((120, 2)).tolist()]
    curve = _explained(configs, [A, B], lambda c: c["a"]).dependence[0]
    gap = [ok for tick, ok in zip(curve.ticks, curve.supported, strict=True) if 0.6 < tick < 1.0]
    assert gap
    assert not any(gap)
    assert curve.supported[0]
    assert curve.supported[-1]


def test_few_values_and_labels_are_asked_as_they_are():
    rng = np.random.default_rng(0)
    configs = [{"lr": float(rng.choice([0.1, 0.01, 0.001])), "opt": str(rng.choice(["x", "y"]))} for _ in range(120)]
    value = {"x": 1.0, "y": 3.0}
    found = _explained(configs, [LR, OPT], lambda c: value[c["opt"]] + c["lr"])
    lr, opt = found.dependence
    assert lr.ticks == (0.001, 0.01, 0.1)
    assert sum(lr.near) == 120
    assert (opt.ticks, opt.kind) == (("x", "y"), "category")
    assert opt.means[1] - opt.means[0] == pytest.approx(2, abs=0.1)


def test_what_a_conditional_parameter_lacks_is_credited_to_the_one_that_decides_on_it():
    rng = np.random.default_rng(0)
    configs = [{"opt": "sgd", "momentum": float(rng.random())} if i % 2 else {"opt": "adam"} for i in range(200)]
    axes = [OPT, MOMENTUM]
    decided = _shares(_explained(configs, axes, lambda c: float(c["opt"] == "sgd")), axes)
    assert decided["opt"] > 0.95
    own = _shares(_explained(configs, axes, lambda c: c.get("momentum", 0.5)), axes)
    # Exchanging the optimizer of a run hides or shows its momentum half as often as exchanging the momentum itself.
    assert own["momentum"] == pytest.approx(2 / 3, abs=0.08)
    curve = _explained(configs, axes, lambda c: c.get("momentum", 0.5)).dependence[1]
    assert sum(curve.near) > 100
    assert curve.means[-1] - curve.means[0] > 0.6


def test_parameters_that_no_run_has_together_are_no_pair():
    configs = [{"opt": "x", "p": float(v)} if v < 0.5 else {"opt": "y", "q": float(v)} for v in np.linspace(0, 1, 100)]
    p, q = (ParameterAxis((name,), "number", conditional=True) for name in "pq")
    found = _explained(configs, [OPT, p, q], lambda c: c.get("p", 0.0) * 3 + c.get("q", 0.0))
    assert {("opt", "p"), ("opt", "q")} >= {(pair.first, pair.second) for pair in found.interactions}


def test_noise_has_neither_shares_nor_curves():
    rng = np.random.default_rng(0)
    found = _explained(_uniform(100), [A, B, C], lambda c: float(rng.normal()))
    assert found.r2.value < 0
    assert {i.value for i in found.shares.intervals} == {0.0}
    assert (found.dependence, found.interactions) == ((), ())
