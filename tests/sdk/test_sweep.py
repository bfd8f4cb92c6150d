"""Registering a sweep."""

import numpy as np
import pytest

import sweepdeck

CONFIG = {"method": "random", "parameters": {"x": {"min": 0.0, "max": 1.0}}}


def test_a_sweep_gives_its_id_and_prints_its_page(fake, capsys):
    sweep_id = sweepdeck.sweep(sweep=CONFIG, project="demo")
    assert sweep_id == fake.sweeps[0]["sweep_id"]
    assert len(sweep_id) == 8
    assert fake.sweeps[0]["project"] == "demo"
    assert fake.sweeps[0]["url"] in capsys.readouterr().err


def test_a_repeated_request_makes_one_sweep(fake):
    fake.fail("POST /sweeps", None, after=True)
    fake.fail("POST /sweeps", 503)
    sweepdeck.sweep(CONFIG)
    assert len(fake.sweeps) == 1
    sweepdeck.sweep(CONFIG)
    assert len(fake.sweeps) == 2


def test_the_configuration_may_be_a_function_and_hold_arrays(fake):
    sweepdeck.sweep(lambda: CONFIG | {"parameters": {"x": {"values": np.array([1, 2])}, "y": {"values": range(2)}}})
    assert fake.sweeps[0]["config"]["parameters"] == {"x": {"values": [1, 2]}, "y": {"values": [0, 1]}}


@pytest.mark.parametrize(
    ("argument", "in_config", "in_environment", "expected"),
    [
        ("a", "b", "c", "a"),
        (None, "b", "c", "b"),
        (None, None, "c", "c"),
        (None, None, None, "uncategorized"),
    ],
)
def test_the_project_is_the_nearest_one_named(fake, monkeypatch, argument, in_config, in_environment, expected):
    if in_environment:
        monkeypatch.setenv("SWEEPDECK_PROJECT", in_environment)
    sweepdeck.sweep(CONFIG | ({"project": in_config} if in_config else {}), project=argument)
    assert fake.sweeps[0]["project"] == expected


def test_a_refused_configuration_lists_all_problems_one_a_line(fake):
    problems = [("config.parameters.x.min", "must be below max"), ("config.methd", "did you mean 'method'?")]
    errors = [{"attr": attr, "detail": detail, "code": "invalid"} for attr, detail in problems]
    fake.fail("POST /sweeps", 400, body={"type": "validation_error", "errors": errors})
    with pytest.raises(sweepdeck.UsageError) as caught:
        sweepdeck.sweep(CONFIG)
    assert str(caught.value).splitlines() == [
        "the sweep was refused:",
        "  - parameters.x.min: must be below max",
        "  - methd: did you mean 'method'?",
    ]


def test_warnings_are_printed_with_their_place(fake, capsys, monkeypatch):
    answer = FakeAnswer(fake)
    monkeypatch.setattr(fake, "_post_sweeps", answer)
    sweepdeck.sweep(CONFIG)
    assert "WARNING parameters.lr: deprecated spelling" in capsys.readouterr().err


class FakeAnswer:
    """Makes a sweep whose configuration is warned about."""

    def __init__(self, fake):
        self.make = fake._post_sweeps

    def __call__(self, parts, body):
        return self.make(parts, body) | {
            "warnings": [{"path": "parameters.lr", "message": "deprecated spelling", "code": "x"}]
        }


def test_what_is_no_configuration_is_refused_before_anything_is_sent(fake):
    with pytest.raises(sweepdeck.UsageError, match="is a dict, not str"):
        sweepdeck.sweep("sweep.yaml")
    with pytest.raises(sweepdeck.UsageError, match=r"parameters\.x\.values: is of type set"):
        sweepdeck.sweep({"method": "grid", "parameters": {"x": {"values": {1, 2}}}})
    assert fake.requests == []


def test_arguments_that_only_wandb_has_are_said(fake, capsys):
    sweepdeck.sweep(CONFIG, prior_runs=["a"])
    assert "sweep(prior_runs=...) does nothing" in capsys.readouterr().err
    with pytest.raises(TypeError):
        sweepdeck.sweep(CONFIG, nonsense=1)
