"""Every distribution against its law as SciPy states it, the formulas of the reference, and exactness at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sweeps_app.search.distributions import DISTRIBUTIONS, json_key
from sweeps_app.search.law import step_of
from tests.unit.search.spaces import is_plain

DRAWS = 5_000

CONTINUOUS = [
    ({"distribution": "uniform", "min": -2, "max": 3.5}, stats.uniform(-2, 5.5)),
    ({"distribution": "log_uniform", "min": -3, "max": 2}, stats.loguniform(math.exp(-3), math.exp(2))),
    ({"distribution": "log_uniform_values", "min": 1e-4, "max": 10}, stats.loguniform(1e-4, 10)),
    ({"distribution": "inv_log_uniform", "min": -3, "max": 2}, stats.loguniform(math.exp(-3), math.exp(2))),
    ({"distribution": "inv_log_uniform_values", "min": 1e-4, "max": 10}, stats.loguniform(1e-4, 10)),
    ({"distribution": "normal"}, stats.norm()),
    ({"distribution": "normal", "mu": 3, "sigma": 0.2}, stats.norm(3, 0.2)),
    ({"distribution": "log_normal"}, stats.lognorm(1)),
    ({"distribution": "log_normal", "mu": 1, "sigma": 0.5}, stats.lognorm(0.5, scale=math.e)),
    ({"distribution": "beta"}, stats.uniform()),
    ({"distribution": "beta", "a": 2, "b": 5}, stats.beta(2, 5)),
]
QUANTISED = [
    ({"distribution": "q_uniform", "min": 0, "max": 10, "q": 6}, stats.uniform(0, 10)),
    ({"distribution": "q_uniform", "min": -1.3, "max": 4, "q": 0.5}, stats.uniform(-1.3, 5.3)),
    ({"distribution": "q_log_uniform", "min": 0, "max": 3, "q": 2}, stats.loguniform(1, math.exp(3))),
    ({"distribution": "q_log_uniform_values", "min": 1, "max": 50, "q": 5}, stats.loguniform(1, 50)),
    ({"distribution": "q_normal", "mu": 1, "sigma": 4, "q": 3}, stats.norm(1, 4)),
    ({"distribution": "q_log_normal", "mu": 1, "sigma": 0.5, "q": 0.5}, stats.lognorm(0.5, scale=math.e)),
    ({"distribution": "q_beta", "a": 2, "b": 5, "q": 0.1}, stats.beta(2, 5)),
]
COUNTED = [
    ({"distribution": "categorical", "values": ["a", 2, None, [3]]}, {'"a"': 1, "2": 1, "null": 1, "[3]": 1}),
    ({"distribution": "categorical", "values": [1, 1, 2]}, {"1": 2, "2": 1}),
    (
        {"distribution": "categorical_w_probabilities", "values": [1, 2, 3], "probabilities": [0.2, 0, 0.8]},
        {"1": 0.2, "3": 0.8},
    ),
    ({"distribution": "int_uniform", "min": -2, "max": 4}, {str(i): 1 for i in range(-2, 5)}),
]


def name_of(value):
    """Name a parameter of a test; a law of SciPy prints its address, which differs between test processes."""
    return str(value) if isinstance(value, dict) else "law"


ALL = [config for config, _ in [*CONTINUOUS, *QUANTISED, *COUNTED]] + [{"distribution": "constant", "value": {"k": 1}}]
every_law = pytest.mark.parametrize("config", ALL, ids=str)


def law_of(config):
    return DISTRIBUTIONS[config["distribution"]].from_config(config)


def draws(config):
    units = 1.0 - np.random.Generator(np.random.PCG64(20_240)).random(DRAWS)
    return [law_of(config).quantile(u) for u in units.tolist()]


def test_every_distribution_is_tested():
    assert {config["distribution"] for config in ALL} == set(DISTRIBUTIONS)


@pytest.mark.parametrize(("config", "law"), CONTINUOUS, ids=name_of)
def test_draws_follow_the_continuous_law(config, law):
    assert stats.kstest(draws(config), law.cdf).pvalue > 0.001


@pytest.mark.parametrize(("config", "law"), QUANTISED, ids=name_of)
def test_draws_follow_the_rounded_law(config, law):
    low, high = (-math.inf, math.inf) if "min" not in config else law.support()
    found = np.array(draws(config))
    steps = np.arange(round(found.min() / config["q"]), round(found.max() / config["q"]) + 1)
    edges = (steps[:-1] + 0.5) * config["q"]
    expected = np.diff([0.0, *law.cdf(edges), 1.0]) * DRAWS
    observed = np.histogram(found, [-math.inf, *edges, math.inf])[0]
    common = expected >= 5
    rest = [observed[~common].sum()], [expected[~common].sum()]
    kept = [np.concatenate([part[common], other]) for part, other in zip((observed, expected), rest, strict=True)]
    kept = [part[kept[1] > 0] for part in kept]
    assert stats.chisquare(*kept).pvalue > 0.001
    assert low <= found.min() <= found.max() <= high
    multiples = np.isclose(found / config["q"], np.round(found / config["q"]))
    assert np.all(multiples | np.isin(found, (low, high)))


@pytest.mark.parametrize(("config", "weights"), COUNTED, ids=str)
def test_draws_follow_the_weights(config, weights):
    found = [json_key(value) for value in draws(config)]
    assert set(found) == set(weights)
    total = sum(weights.values())
    expected = [DRAWS * weight / total for weight in weights.values()]
    assert stats.chisquare([found.count(key) for key in weights], expected).pvalue > 0.001


@every_law
def test_values_are_plain_and_inside_at_the_most_extreme_draws(config):
    law = law_of(config)
    for u in (5e-324, 2.0**-60, 0.5, 1 - 2.0**-53, 1.0):
        value = law.quantile(u)
        assert is_plain(value)
        assert law.contains(value)


@every_law
@given(u=st.floats(1e-9, 1 - 1e-9))
def test_the_quantile_is_the_inverse_of_the_cumulative_probability(config, u):
    law = law_of(config)
    value = law.quantile(u)
    again = law.quantile(law.cdf(value))
    if law.is_discrete:
        assert json_key(again) == json_key(value)
    else:
        assert math.isclose(again, value, rel_tol=1e-6, abs_tol=1e-9)


@every_law
def test_quantiles_rise_with_u_unless_mirrored(config):
    values = [law_of(config).quantile(u) for u in (0.01, 0.2, 0.4, 0.6, 0.8, 1.0)]
    if isinstance(values[0], int | float) and config["distribution"] not in ("categorical", "constant"):
        assert values == sorted(values, reverse=config["distribution"].startswith("inv_"))


@every_law
def test_atoms_are_all_values_that_are_drawn(config):
    law = law_of(config)
    atoms = law.atoms()
    if not law.is_discrete:
        assert atoms is None
    elif atoms is not None:
        assert {json_key(value) for value in draws(config)} >= {json_key(value) for value in atoms[1:-1]}
        assert {json_key(value) for value in draws(config)} <= {json_key(value) for value in atoms}
        assert len(atoms) == len({json_key(value) for value in atoms})
        assert atoms[-1] == atoms[1 - len(atoms) :][-1] == list(atoms)[-1]


@pytest.mark.parametrize(
    ("config", "u", "value"),
    [
        ({"distribution": "categorical", "values": ["a", "b", "c"]}, 1 / 3, "a"),
        ({"distribution": "categorical", "values": ["a", "b", "c"]}, 0.34, "b"),
        ({"distribution": "categorical_w_probabilities", "values": [1, 2], "probabilities": [0.25, 0.75]}, 0.25, 1),
        ({"distribution": "categorical_w_probabilities", "values": [1, 2], "probabilities": [0.25, 0.75]}, 0.26, 2),
        ({"distribution": "int_uniform", "min": 1, "max": 4}, 0.25, 1),
        ({"distribution": "int_uniform", "min": 1, "max": 4}, 0.2501, 2),
        ({"distribution": "int_uniform", "min": 1, "max": 4}, 1.0, 4),
        ({"distribution": "uniform", "min": 1, "max": 4}, 0.5, 2.5),
        ({"distribution": "q_uniform", "min": 0, "max": 10, "q": 6}, 0.99, 10),
        ({"distribution": "q_uniform", "min": 0, "max": 10}, 0.26, 3),
        ({"distribution": "inv_log_uniform_values", "min": 1, "max": 100}, 0.25, 100**0.75),
        ({"distribution": "normal", "mu": 5, "sigma": 0}, 0.9, 5),
        ({"distribution": "log_normal", "mu": 2}, 0.5, math.e**2),
    ],
)
def test_values_of_the_reference(config, u, value):
    found = law_of(config).quantile(u)
    assert found == value if isinstance(value, str) else math.isclose(found, value, rel_tol=1e-12)


@given(st.integers(1, 10**9), st.data())
def test_a_step_is_found_again_from_its_share(count, data):
    step = data.draw(st.integers(1, count))
    assert step_of(step / count, count) == step


def test_one_true_and_one_point_zero_are_different_categories():
    law = law_of({"distribution": "categorical", "values": [1, 1.0, True]})
    assert [law.cdf(value) for value in (1, 1.0, True)] == [1 / 3, 2 / 3, 1.0]
    assert law.contains(True)
    assert not law.contains("1")
    with pytest.raises(ValueError, match="not one of the values"):
        law.cdf(False)


def test_probabilities_that_miss_one_by_rounding_leave_no_gap():
    law = law_of(
        {"distribution": "categorical_w_probabilities", "values": [1, 2, 3], "probabilities": [0.5, 0.5 - 1e-9, 0.0]}
    )
    assert law.quantile(1.0) == 2
    assert law.contains(2)
    assert not law.contains(3)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"distribution": "q_uniform", "min": 0, "max": 10, "q": 4}, [0, 4, 8]),
        ({"distribution": "q_uniform", "min": 0, "max": 8, "q": 4}, [0, 4]),
        ({"distribution": "q_uniform", "min": 0.5, "max": 3, "q": 1}, [0.5, 1.5, 2.5]),
        ({"distribution": "q_uniform", "min": 0, "max": 1, "q": 0.1}, np.arange(0, 1, 0.1).tolist()),
        ({"distribution": "int_uniform", "min": 2, "max": 4}, [2, 3, 4]),
        ({"distribution": "categorical", "values": [3, 1, 3, 2]}, [3, 1, 2]),
        ({"distribution": "categorical_w_probabilities", "values": [1], "probabilities": [1]}, None),
        ({"distribution": "uniform", "min": 0, "max": 1}, None),
    ],
)
def test_grid_values(config, expected):
    found = law_of(config).grid_values()
    assert (found if found is None else list(found)) == expected
    if found is not None:
        assert json_key(list(found[1:])) == json_key(expected[1:])
        assert all(law_of(config).contains(value) for value in found)


@pytest.mark.parametrize("value", ["x", None, True, [1], math.nan, math.inf, 1e300])
def test_nothing_but_a_drawable_number_is_contained(value):
    for config, _ in [*CONTINUOUS, *QUANTISED]:
        if value == 1e300 and "normal" in config["distribution"] and "min" not in config:
            continue
        assert not law_of(config).contains(value), config
