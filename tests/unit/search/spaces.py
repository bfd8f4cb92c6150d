"""Random spaces for property tests: every distribution, nested groups, conditions, constraints."""

import math
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from sweeps_app.search.schema import check_config
from sweeps_app.search.space import Space, space_from_config

names = st.from_regex(r"[a-d][a-d0-9_]{0,2}", fullmatch=True)
scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.text("xyz", max_size=3)
values = st.lists(scalars | st.lists(scalars, max_size=2), min_size=1, max_size=5)
bounds = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).filter(lambda b: b[0] < b[1]).map(list)
positive_bounds = st.tuples(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6)).filter(lambda b: b[0] < b[1]).map(list)
exponents = st.tuples(st.floats(-20, 20), st.floats(-20, 20)).filter(lambda b: b[0] < b[1]).map(list)
steps = st.sampled_from([1, 2, 7, 0.1, 0.5, 3.75])


def _law(name: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"distribution": st.just(name), **fields})


def _bounded(name: str, limits: st.SearchStrategy[list[float]], **fields: st.SearchStrategy[Any]):
    return _law(name, limits=limits, **fields).map(
        lambda found: (
            {k: v for k, v in found.items() if k != "limits"} | {"min": found["limits"][0], "max": found["limits"][1]}
        )
    )


@st.composite
def weighted(draw: st.DrawFn) -> dict[str, Any]:
    """Draw categories with probabilities."""
    found = draw(values)
    weights = [draw(st.integers(0, 5)) for _ in found]
    assume(sum(weights) > 0)
    return {"values": found, "probabilities": [weight / sum(weights) for weight in weights]}


integers = st.tuples(st.integers(-1000, 1000), st.integers(1, 1000)).map(lambda b: {"min": b[0], "max": b[0] + b[1]})
small_integers = st.tuples(st.integers(-5, 5), st.integers(1, 4)).map(lambda b: {"min": b[0], "max": b[0] + b[1]})
constants = st.fixed_dictionaries({"value": scalars})
categories = st.fixed_dictionaries({"values": values})
_normal = {"mu": st.floats(-50, 50), "sigma": st.floats(0, 50)}
_log_normal = {"mu": st.floats(-5, 5), "sigma": st.floats(0, 2)}
_shapes = {"a": st.floats(0.1, 20), "b": st.floats(0.1, 20)}
parameters = st.one_of(
    constants,
    categories,
    weighted(),
    integers,
    _bounded("uniform", bounds),
    _bounded("q_uniform", bounds, q=steps),
    _bounded("log_uniform", exponents),
    _bounded("q_log_uniform", exponents, q=steps),
    _bounded("log_uniform_values", positive_bounds),
    _bounded("q_log_uniform_values", positive_bounds, q=steps),
    _bounded("inv_log_uniform", exponents),
    _bounded("inv_log_uniform_values", positive_bounds),
    _law("normal", **_normal),
    _law("q_normal", **_normal, q=steps),
    _law("log_normal", **_log_normal),
    _law("q_log_normal", **_log_normal, q=steps),
    _law("beta", **_shapes),
    _law("q_beta", **_shapes, q=steps),
)
grid_steps = st.tuples(st.integers(-3, 3), st.integers(1, 3), steps).map(
    lambda b: {"distribution": "q_uniform", "min": b[0], "max": b[0] + b[1], "q": b[2]}
)
grid_parameters = constants | categories | small_integers | grid_steps


def _groups(leaves: st.SearchStrategy[dict[str, Any]], largest: int) -> st.SearchStrategy[dict[str, Any]]:
    group = st.dictionaries(names, leaves, min_size=1, max_size=2).map(lambda found: {"parameters": found})
    return st.dictionaries(names, leaves | group, min_size=1, max_size=largest)


def _leaves(parameters: dict[str, Any], prefix: str = ""):
    for key, config in parameters.items():
        if "parameters" in config:
            yield from _leaves(config["parameters"], f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", config


@st.composite
def configs(draw: st.DrawFn, method: str = "random", leaves=parameters, largest: int = 4) -> dict[str, Any]:
    """Draw a sweep config that is accepted, normalised."""
    found = draw(_groups(leaves, largest))
    numeric = [name for name, config in _leaves(found) if "min" in config or "mu" in config]
    discrete = {name: config["values"] for name, config in found.items() if "values" in config}
    for key, config in found.items():
        others = [other for other in discrete if other < key]
        if others and draw(st.booleans()):
            other = draw(st.sampled_from(others))
            config["when"] = {other: draw(st.lists(st.sampled_from(discrete[other]), min_size=1, max_size=2))}
    config: dict[str, Any] = {"method": method, "metric": {"name": "loss"}, "parameters": found}
    if len(numeric) > 1 and draw(st.booleans()):
        config["constraints"] = [f"{numeric[0]} <= {numeric[1]} or {numeric[1]} < 0"]
    checked = check_config(config)
    # What may fail: a condition on a category that has no chance, a constraint that nothing satisfies.
    assume(checked.config is not None)
    assert checked.config is not None
    return checked.config


@st.composite
def spaces(draw: st.DrawFn) -> Space:
    """Draw a space."""
    return space_from_config(draw(configs()))


def is_plain(value: Any) -> bool:
    """Tell whether a value is JSON made of Python's own types, without NaN and infinities."""
    if isinstance(value, dict):
        return type(value) is dict and all(type(k) is str and is_plain(v) for k, v in value.items())
    if isinstance(value, list):
        return type(value) is list and all(map(is_plain, value))
    return type(value) in (str, int, bool, type(None)) or (type(value) is float and math.isfinite(value))
