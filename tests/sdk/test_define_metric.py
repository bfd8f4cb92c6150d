"""What `define_metric()` makes of the summary."""

import math

import pytest

import sweepdeck
from sweepdeck import _held
from sweepdeck._metrics import KINDS

VALUES = (3.0, 1.0, math.nan, 5.0, 4.0)


def _log(run, name="acc"):
    for value in VALUES:
        run.log({name: value, "other": value})


@pytest.mark.parametrize(
    ("kind", "goal", "expected"),
    [
        ("min", None, 1.0),
        ("max", None, 5.0),
        ("mean", None, 3.25),
        ("first", None, 3.0),
        ("best", "minimize", 1.0),
        ("best", "maximize", 5.0),
    ],
)
def test_the_summary_holds_what_was_asked_for(fake, kind, goal, expected):
    run = sweepdeck.init()
    sweepdeck.define_metric("acc", summary=kind, goal=goal)
    _log(run)
    assert run.summary["acc"] == run.summary[f"acc.{kind}"] == expected
    assert run.summary["other"] == 4.0
    run.finish()
    assert fake.runs[run.id]["summary"] == {"acc": expected, f"acc.{kind}": expected}


def test_of_several_kinds_the_name_stays_the_last_value(fake):
    run = sweepdeck.init()
    run.define_metric("acc", summary="min, max")
    run.define_metric("acc", summary="mean")
    _log(run)
    run.finish()
    assert fake.runs[run.id]["summary"] == {"acc.min": 1.0, "acc.max": 5.0, "acc.mean": 3.25}
    assert run.summary["acc"] == 4.0


def test_last_changes_nothing_and_none_leaves_no_value(fake):
    run = sweepdeck.init()
    run.define_metric("acc", summary="last")
    run.define_metric("other", summary="none")
    _log(run)
    run.finish()
    assert fake.runs[run.id]["summary"] == {"other": None}
    assert run.summary == {"acc": 4.0, "other": None}


def test_patterns_mean_nested_and_slashed_names_and_a_name_wins_over_them(fake):
    run = sweepdeck.init()
    run.define_metric("val*", summary="max")
    run.define_metric("val/loss", summary="min")
    for value in VALUES:
        run.log({"val/acc": value, "val/loss": value, "val": {"f1": value}, "train/acc": value})
    run.finish()
    assert fake.runs[run.id]["summary"] == {
        "val/acc": 5.0,
        "val/acc.max": 5.0,
        "val/loss": 1.0,
        "val/loss.min": 1.0,
        "val.f1": 5.0,
        "val.f1.max": 5.0,
    }


def test_a_definition_can_be_overwritten(fake):
    run = sweepdeck.init()
    run.define_metric("acc", summary="max")
    run.define_metric("acc", summary="min", overwrite=True)
    _log(run)
    run.finish()
    assert fake.runs[run.id]["summary"] == {"acc": 1.0, "acc.min": 1.0}


def test_what_the_script_sets_wins(fake):
    run = sweepdeck.init()
    run.define_metric("acc", summary="max")
    run.log({"acc": 1})
    run.log({"acc": 2})
    run.summary["acc"] = 100
    run.log({"acc": 3})
    run.finish()
    assert run.summary["acc"] == 100
    assert fake.runs[run.id]["summary"] == {"acc": 100, "acc.max": 3}


def test_it_is_sent_before_the_end_but_not_with_each_row(fake, monkeypatch):
    run = sweepdeck.init()
    run.define_metric("acc", summary="mean")
    run.log({"acc": 1})
    run.log({"acc": 2})
    fake.wait_for(lambda: fake.runs[run.id]["summary"] == {"acc": 1.0, "acc.mean": 1.0})
    monkeypatch.setattr(_held, "_SECONDS", 0.0)
    run.log({"acc": 3})
    fake.wait_for(lambda: fake.runs[run.id]["summary"] == {"acc": 2.0, "acc.mean": 2.0})


def test_texts_and_truth_values_do_not_count(fake):
    run = sweepdeck.init()
    run.define_metric("acc", summary="max")
    for value in (1, "9", True, [9], None, math.inf, 10**400):
        run.log({"acc": value})
    run.finish()
    assert fake.runs[run.id]["summary"] == {"acc": 1, "acc.max": 1}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"name": ""}, "name of a metric"),
        ({"name": 5}, "name of a metric"),
        ({"name": "a", "summary": "median"}, f"one or more of {', '.join(KINDS)}, not 'median'"),
        ({"name": "a", "summary": "best"}, "needs goal="),
        ({"name": "a", "summary": "best", "goal": "up"}, "not 'up'"),
    ],
    ids=["no name", "number", "kind", "no goal", "goal"],
)
def test_wrong_definitions_are_refused(fake, arguments, problem):
    run = sweepdeck.init()
    with pytest.raises(sweepdeck.UsageError, match=problem):
        run.define_metric(**arguments)
    run.log({"a": 1})
    assert run.summary == {"a": 1}


def test_what_does_nothing_here_is_said_once(fake, capsys):
    run = sweepdeck.init()
    run.define_metric("epoch")
    run.define_metric("val/*", step_metric="epoch")
    run.define_metric("train/*", step_metric="epoch", step_sync=True)
    said = capsys.readouterr().err
    assert said.count("define_metric(step_metric=...) does nothing") == 1
    assert said.count("define_metric(step_sync=...) does nothing") == 1
    with pytest.raises(AttributeError, match="define_metric"):
        run.define_metrics  # noqa: B018


@pytest.mark.parametrize("mode", ["offline", "disabled"])
def test_it_works_without_a_server(mode):
    run = sweepdeck.init(mode=mode)
    run.define_metric("acc", summary="mean,max")
    _log(run)
    assert (run.summary["acc.mean"], run.summary["acc.max"]) == (3.25, 5.0)
    run.finish()


def test_before_init_it_says_so():
    with pytest.raises(sweepdeck.UsageError, match=r"before define_metric\(\)"):
        sweepdeck.define_metric("a", summary="max")


def test_a_run_that_goes_on_counts_what_counted_before(real, start_script):
    code = """
        import os
        import sweepdeck
        run = sweepdeck.init(project="defined", id="long")
        run.define_metric("acc", summary="mean")
        run.define_metric("loss", summary="min,max,first")
        for value in (1, 2, 6):
            run.log({"acc": value, "loss": value})
            run.log({"unrelated": value})
        run._spool.change_summary(run._held.take())
        print("all is written")
        import time
        [time.sleep(0.1) for _ in range(600)]
    """
    script = start_script(code, real.url, real.key)
    script.expect("all is written")
    place = "/runs/owner/defined/long"
    real.wait_for(lambda: real.get(place)["summary"].get("acc") == 3 and real.get(place)["history_rows"] == 6)
    script.kill()
    with sweepdeck.init(project="defined", id="long", resume="must") as run:
        run.define_metric("acc", summary="mean")
        run.define_metric("loss", summary="min,max,first")
        run.log({"acc": 7, "loss": 5})
    stored = real.get(place)
    assert stored["summary"] == {
        "acc": 4.0,
        "acc.mean": 4.0,
        "loss": 5,
        "loss.min": 1,
        "loss.max": 6,
        "loss.first": 1,
        "unrelated": 6,
    }
