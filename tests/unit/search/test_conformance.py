"""The vectors that `benchmarks/conformance.py` agreed on with the public package sweeps 0.2.0."""

import json
import math
from pathlib import Path

import pytest

from sweeps_app.search.distributions import DISTRIBUTIONS, json_key
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config

VECTORS = json.loads((Path(__file__).parent / "data" / "conformance.json").read_text())


def every(kind):
    return pytest.mark.parametrize(
        ("config", "answer"),
        [(vector["config"], vector["answer"]) for vector in VECTORS[kind]],
        ids=[json.dumps(vector["config"]) for vector in VECTORS[kind]],
    )


def test_the_vectors_cover_both_verdicts_and_every_common_distribution():
    assert {vector["answer"] for vector in VECTORS["configs"]} == {True, False}
    ours_alone = {"inv_log_uniform", "inv_log_uniform_values"}
    assert {vector["config"]["distribution"] for vector in VECTORS["laws"]} == set(DISTRIBUTIONS) - ours_alone


@every("configs")
def test_the_same_configs_are_accepted_and_refused(config, answer):
    checked = check_config(config)
    assert (checked.config is not None) is answer, checked.problems
    assert bool(checked.problems) is not answer


@every("laws")
def test_quantiles_agree(config, answer):
    law = DISTRIBUTIONS[config["distribution"]].from_config(config)
    for u, expected in zip(VECTORS["units"], answer, strict=True):
        value = law.quantile(u)
        if isinstance(value, int | float):
            assert math.isclose(value, expected, rel_tol=1e-6, abs_tol=1e-9)
        else:
            assert value == expected


@every("grids")
def test_grids_agree_point_by_point(config, answer):
    checked = check_config({"method": "grid", "parameters": config})
    space = space_from_config(checked.config)
    points = [space.config_of(space.grid.at(number)) for number in range(space.grid.count)]
    assert json_key(points) == json_key(answer)
