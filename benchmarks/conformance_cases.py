"""The cases of `benchmarks/conformance.py`; where we differ from `sweeps` 0.2.0 on purpose, a case says why."""

from dataclasses import dataclass
from typing import Any

Config = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A config for both sides; `differs` is why their answers are meant to differ, empty where they are not."""

    config: Config
    differs: str = ""


def random(parameter: Any, **more: Any) -> Config:
    """Return a random search over one parameter `x`."""
    return {"method": "random", "parameters": {"x": parameter}, **more}


def metric(**fields: Any) -> Config:
    """Return a random search with a metric."""
    return random({"value": 1}, metric=fields)


def hyperband(**fields: Any) -> Config:
    """Return a random search with hyperband."""
    return random({"value": 1}, metric={"name": "loss"}, early_terminate={"type": "hyperband", **fields})


def law(name: str, **fields: Any) -> Config:
    """Return a parameter with a named distribution."""
    return {"distribution": name, **fields}


_NESTED = "the reference does not look at bounds inside nested groups"
_DEPRECATED = "a deprecated spelling is accepted, with a warning"
_TEXT = "YAML reads 1e-5 as text: it is taken as its number, with a warning"
_SUM = "probabilities must sum to 1 within 1e-8; the reference lets 1e-5 pass"
_OURS = "our own addition"
_EXTREME = "its values overflow: the reference hands out infinities"
_UNMEASURED = "nothing can be learned or stopped without a metric: the reference fails when the sweep runs"

CONFIGS = [
    Case(random({"value": 1})),
    Case(random({"value": None})),
    Case(random({"value": {"a": [1]}})),
    Case(random({"values": [1, "a", None, True, [1], {"b": 2}]})),
    Case(random({"values": [1, 1]})),
    Case(random({"values": []})),
    Case(random({"values": 3})),
    Case(random({"value": 1, "values": [1]})),
    Case(random({})),
    Case(random([1, 2])),
    Case(random({"values": [1, 2], "probabilities": [0.3, 0.7]})),
    Case(random({"values": [1, 2], "probabilities": [0.3, 0.6]})),
    Case(random({"values": [1, 2], "probabilities": [0.333333, 0.666666]}), _SUM),
    Case(random({"values": [1, 2], "probabilities": [1.0]})),
    Case(random({"values": [1, 2], "probabilities": [1.5, -0.5]})),
    Case(random({"values": [1, 2], "probabilities": [0.3, 0.7], "distribution": "categorical"})),
    Case(random({"values": [1, 2], "probabilities": [0.3, 0.7], "distribution": "categorical_w_probabilities"})),
    Case(random({"min": 1, "max": 5})),
    Case(random({"min": 1, "max": 5, "distribution": "int_uniform"})),
    Case(random({"min": 1.0, "max": 5, "distribution": "int_uniform"})),
    Case(random({"min": 1, "max": 5.0})),
    Case(random({"min": 0.5, "max": 5})),
    Case(random({"min": 1, "max": 5, "distribution": "uniform"})),
    Case(random({"min": 5, "max": 1})),
    Case(random({"min": 1, "max": 1})),
    Case(random({"min": 1})),
    Case(random({"max": 1.5})),
    Case(random({"min": True, "max": 3})),
    Case(random({"min": "1", "max": 3})),
    Case(random({"min": "1e-5", "max": 0.1}), _TEXT),
    Case(random({"min": 1, "max": 5, "q": 2})),
    Case(random({"min": 1, "max": 5, "mu": 2})),
    Case(random({"mu": 1})),
    Case(random({"mu": 1, "sigma": 2})),
    Case(random({"a": 1, "b": 2})),
    Case(random({"distribution": "nonsense"})),
    Case(random({"distribution": "uniform"})),
    Case(random(law("normal"))),
    Case(random(law("normal", mu=1, sigma=2))),
    Case(random(law("normal", mu=1, sigma=0))),
    Case(random(law("normal", sigma=-1))),
    Case(random(law("normal", q=1))),
    Case(random(law("normal", min=0, max=1))),
    Case(random(law("q_normal", q=0.5))),
    Case(random(law("q_normal", q=0))),
    Case(random(law("q_normal", q=-1))),
    Case(random(law("log_normal", mu=1))),
    Case(random(law("log_normal", sigma=500)), _EXTREME),
    Case(random(law("q_log_normal", q=2))),
    Case(random(law("beta", a=2, b=3))),
    Case(random(law("beta", a=-1))),
    Case(random(law("beta", a=0)), "a beta law with the shape 0 does not exist: the reference hands out NaN"),
    Case(random(law("q_beta", a=2, b=3, q=0.1))),
    Case(random(law("q_uniform", min=0, max=10))),
    Case(random(law("q_uniform", min=0, max=10, q=0))),
    Case(random(law("q_uniform", min=0))),
    Case(random(law("log_uniform_values", min=1e-5, max=1))),
    Case(random(law("log_uniform_values", min=0, max=1))),
    Case(random(law("log_uniform_values", min=-1, max=1))),
    Case(random(law("log_uniform_values", min=1, max=0.1))),
    Case(random(law("q_log_uniform_values", min=1, max=100, q=5))),
    Case(random(law("inv_log_uniform_values", min=0.1, max=100))),
    Case(random(law("log_uniform", min=-5, max=1)), _DEPRECATED),
    Case(random(law("q_log_uniform", min=0, max=5)), _DEPRECATED),
    Case(random(law("inv_log_uniform", min=0, max=5)), _DEPRECATED),
    Case(random({"parameters": {"y": {"values": [1]}, "z": {"parameters": {"w": {"min": 1, "max": 2}}}}})),
    Case(random({"parameters": {}})),
    Case(random({"parameters": {"y": {"min": 2, "max": 1}}}), _NESTED),
    Case(random({"parameters": {"y": {"values": [1]}}, "values": [1]})),
    Case(random({"values": [1, 2], "when": {"y": [1]}})),
    Case({"method": "random", "parameters": {}}),
    Case({"method": "random"}),
    Case({"parameters": {"x": {"value": 1}}}),
    Case({"method": "nonsense", "parameters": {"x": {"value": 1}}}),
    Case({"method": "random", "parameters": {"1x": {"value": 1}}}),
    Case({"method": "random", "parameters": {"x y": {"value": 1}}}),
    Case({"method": "random", "parameters": {"_x.y-z2": {"value": 1}}}),
    Case({"method": "grid", "parameters": {"x": {"values": [1]}, "y": {"value": 2}, "z": {"min": 1, "max": 3}}}),
    Case(metric(name="loss")),
    Case(metric(name="loss", goal="maximize", target=0.5)),
    Case(metric(name="loss", goal="max")),
    Case(metric(name=3)),
    Case(metric(goal="minimize")),
    Case(metric(name="loss", target="low")),
    Case(metric(name="loss", impute="best")),
    Case(metric(name="loss", impute="median")),
    Case(metric(name="loss", impute_while_running="latest"), _OURS),
    Case(metric(name="loss", nonsense=1)),
    Case(random({"value": 1}, metric="loss")),
    Case({"method": "bayes", "metric": {"name": "loss"}, "parameters": {"x": {"min": 0.0, "max": 1.0}}}),
    Case({"method": "bayes", "parameters": {"x": {"min": 0.0, "max": 1.0}}}, _UNMEASURED),
    Case(hyperband(min_iter=3)),
    Case(hyperband(min_iter=3, eta=2)),
    Case(hyperband(min_iter=3, eta=1.5)),
    Case(hyperband(min_iter=0)),
    Case(hyperband(min_iter=3, eta=1)),
    Case(hyperband(max_iter=27, s=2)),
    Case(hyperband(max_iter=27, s=2, min_iter=3)),
    Case(hyperband(max_iter=27)),
    Case(hyperband(max_iter=27.0, s=2)),
    Case(hyperband(max_iter=27.5, s=2)),
    Case(hyperband(max_iter=27, s=2.5), "the reference fails with such an s when the sweep runs"),
    Case(hyperband(max_iter=2, s=2), "there is no band: the reference fails when the sweep runs"),
    Case(hyperband()),
    Case(hyperband(min_iter=3, nonsense=1)),
    Case(hyperband(min_iter=3, strict=True), _OURS),
    Case(random({"value": 1}, metric={"name": "loss"}, early_terminate={"type": "median"}), _OURS),
    Case(random({"value": 1}, metric={"name": "loss"}, early_terminate={"type": "asha"}), _OURS),
    Case(random({"value": 1}, metric={"name": "loss"}, early_terminate={"type": "patience", "patience": 3}), _OURS),
    Case(random({"value": 1}, metric={"name": "loss"}, early_terminate={"type": "nonsense"})),
    Case(random({"value": 1}, early_terminate={"type": "hyperband", "min_iter": 3}), _UNMEASURED),
    Case(random({"value": 1}, command=["${env}", "${interpreter}", "${program}", "${args}"], program="train.py")),
    Case(random({"value": 1}, command="python train.py")),
    Case(random({"value": 1}, command=["python", "${nonsense}"]), "an unknown macro is an error"),
    Case(random({"value": 1}, controller={"type": "local"})),
    Case(random({"value": 1}, controller={"type": "nonsense"})),
    Case(random({"value": 1}, name="a", description="b", project="c", entity="d", program="e.py")),
    Case(random({"value": 1}, name=1)),
    Case(random({"value": 1}, kind="sweep", apiVersion="1")),
    Case(random({"value": 1}, metod="random")),
    Case(random({"value": 1}, run_cap=5), "accepted by the hosted service, though not by the package"),
    Case(random({"value": 1}, seed=5), _OURS),
    Case(random({"value": 1}, repeats=5), _OURS),
    Case(random({"min": 1, "max": 5}, constraints=["x > 2"]), _OURS),
]

_CLIPPED = "quantised values are clipped to the bounds"
_MIRRORED = "the same law, mirrored in u"
_EXPONENTS = "the exponents are those of the value, as in log_uniform; the package takes those of 1 / value"

# Compared at UNITS; laws without end not at 1.
LAWS = [
    Case(law("constant", value=3)),
    Case(law("categorical", values=["a", "b", "c"])),
    Case(law("categorical", values=list(range(7)))),
    Case(law("categorical_w_probabilities", values=["a", "b", "c"], probabilities=[0.2, 0.3, 0.5])),
    Case(law("int_uniform", min=-3, max=9)),
    Case(law("int_uniform", min=0, max=1_000_000)),
    Case(law("uniform", min=-1.5, max=4)),
    Case(law("q_uniform", min=0, max=10, q=2)),
    Case(law("q_uniform", min=0, max=10, q=0.5)),
    Case(law("q_uniform", min=0, max=10, q=6), _CLIPPED),
    Case(law("log_uniform", min=-3, max=2)),
    Case(law("log_uniform_values", min=1e-5, max=10)),
    Case(law("q_log_uniform", min=0, max=4, q=2)),
    Case(law("q_log_uniform_values", min=1, max=1000, q=1)),
    Case(law("inv_log_uniform_values", min=1e-5, max=10), _MIRRORED),
    Case(law("inv_log_uniform", min=-3, max=2), _EXPONENTS),
    Case(law("normal", mu=1, sigma=2)),
    Case(law("q_normal", mu=1, sigma=20, q=3)),
    Case(law("log_normal", mu=1, sigma=0.5)),
    Case(law("q_log_normal", mu=1, sigma=0.5, q=0.5)),
    Case(law("beta", a=2, b=5)),
    Case(law("q_beta", a=2, b=5, q=0.05)),
]
UNITS = [0.0007, 0.013, 0.11, 0.25, 0.31, 0.499, 0.63, 0.77, 0.91, 0.987, 0.99991]

GRIDS = [
    Case({"x": {"values": [3, 1, 2]}, "a": {"values": ["q", "p"]}}),
    Case({"x": {"min": 1, "max": 4}, "a": {"value": 7}, "m": {"values": [1, 1.0, True, "1", None]}}),
    Case({"x": {"values": [1, 2, 1]}, "a": {"values": [[1], {"k": 2}]}}),
    Case({"b": {"parameters": {"z": {"values": [1, 2]}, "y": {"values": [3, 4]}}}, "a": {"values": [5, 6]}}),
    Case({"b": {"parameters": {"c": {"parameters": {"d": {"min": 1, "max": 3}}}}}, "c": {"values": [0, 1]}}),
    Case({"x": law("q_uniform", min=0.0, max=1.0, q=0.3), "y": law("q_uniform", min=2, max=9, q=2)}),
    Case({"x": law("q_uniform", min=0.5, max=3.0, q=1)}),
    Case({"B": {"values": [1, 2]}, "a": {"values": [3, 4]}, "_c": {"values": [5, 6]}, "a10": {"values": [7, 8]}}),
    Case({"x": {"value": 1}}),
]

BANDS = [
    Case({"max_iter": 27, "s": 2, "eta": 3}),
    Case({"max_iter": 100, "s": 10, "eta": 3}),
    Case({"max_iter": 5, "s": 2, "eta": 2}),
    Case({"max_iter": 81, "s": 3}),
    Case({"min_iter": 3}),
    Case({"min_iter": 3, "eta": 2}),
    Case({"min_iter": 10, "eta": 1.5}),
    Case({"min_iter": 4, "max_iter": 64, "s": 2, "eta": 4}),
]
