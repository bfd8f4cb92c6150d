"""A run from `init()` to `finish()`."""

import math
import os
import threading

import numpy as np
import pytest

import sweepdeck
from sweepdeck import _sender


def _rows(fake, run):
    return [{k: v for k, v in row.items() if k != "_timestamp"} for row in fake.rows[run.id]]


def test_a_run_begins_logs_and_ends(fake, capsys):
    run = sweepdeck.init(
        project="demo", config={"lr": 0.1}, name="first", tags=["a"], notes="n", group="g", job_type="t"
    )
    assert sweepdeck.run is run
    assert sweepdeck.config.lr == 0.1
    sweepdeck.log({"loss": 0.5})
    sweepdeck.log({"loss": 0.25})
    assert sweepdeck.summary["loss"] == run.summary.loss == 0.25
    sweepdeck.finish()
    stored = fake.runs[run.id]
    assert stored["state"] == "finished"
    assert stored["config"] == {"lr": 0.1}
    facts = (stored["name"], stored["tags"], stored["notes"], stored["group"], stored["job_type"])
    assert facts == ("first", ["a"], "n", "g", "t")
    assert stored["host"]
    assert _rows(fake, run) == [{"loss": 0.5, "_step": 0}, {"loss": 0.25, "_step": 1}]
    assert sweepdeck.run is None
    said = capsys.readouterr()
    assert run.url in said.err
    assert said.out == ""


def test_a_run_without_project_goes_where_the_server_puts_such_runs(fake):
    assert sweepdeck.init().project == "uncategorized"
    assert "project" not in fake.asked("POST /runs")[0]


def test_project_and_entity_come_from_the_environment_unless_named(fake, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_PROJECT", "fromenv")
    monkeypatch.setenv("SWEEPDECK_ENTITY", "team")
    run = sweepdeck.init()
    assert run.path == f"team/fromenv/{run.id}"
    run.finish()
    assert sweepdeck.init(project="named").project == "named"


def test_ids_are_eight_letters_and_digits_or_what_was_asked_for(fake):
    run = sweepdeck.init()
    assert len(run.id) == 8
    assert run.id.isalnum()
    run.finish()
    assert sweepdeck.init(id="mine").id == "mine"


def test_the_block_of_a_run_ends_it(fake):
    with sweepdeck.init() as good:
        pass
    with pytest.raises(ZeroDivisionError), sweepdeck.init() as bad:
        _ = 1 / 0
    assert fake.runs[good.id]["state"] == "finished"
    assert fake.runs[bad.id]["state"] == "failed"
    assert "ZeroDivisionError" in fake.runs[bad.id]["error"]


def test_an_exit_code_marks_the_run_as_failed(fake):
    run = sweepdeck.init()
    sweepdeck.finish(exit_code=3)
    assert (fake.runs[run.id]["state"], fake.runs[run.id]["exit_code"]) == ("failed", 3)


def test_finishing_twice_or_without_a_run_is_no_error(fake):
    sweepdeck.finish()
    run = sweepdeck.init()
    run.finish()
    run.finish()
    assert len(fake.asked(r"POST /runs/.*/finish")) == 1


def test_numbers_of_all_kinds_arrive(fake):
    run = sweepdeck.init()
    run.log({"nan": math.nan, "inf": -math.inf, "np": np.float32(0.5), "n": np.int64(3), "nested": {"a": {"b": 1}}})
    run.finish()
    row = _rows(fake, run)[0]
    assert math.isnan(row["nan"])
    assert row["inf"] == -math.inf
    assert (row["np"], row["n"], row["nested.a.b"]) == (0.5, 3, 1)


def test_nested_numbers_arrive_dotted_and_the_summary_keeps_its_own(fake):
    run = sweepdeck.init()
    data = {"train": {"loss": np.float32(0.5), "deep": {"n": 1}}, "lr": 0.1}
    run.log(data)
    data["train"]["deep"]["n"] = 2
    assert run.summary.train == {"loss": 0.5, "deep": {"n": 1}}
    run.log({"train": {"loss": "nan"}, "lr": 0.2})
    run.finish()
    assert _rows(fake, run) == [
        {"train.loss": 0.5, "train.deep.n": 1, "lr": 0.1, "_step": 0},
        {"train": {"loss": "nan"}, "lr": 0.2, "_step": 1},
    ]


def test_what_cannot_be_stored_is_left_out_with_one_warning(fake, capsys):
    run = sweepdeck.init()
    for _ in range(3):
        run.log({"figure": object(), "loss": 1})
    run.finish()
    assert [set(row) for row in _rows(fake, run)] == [{"loss", "_step"}] * 3
    assert capsys.readouterr().err.count("'figure' is of type object: it is left out") == 1


def test_steps_and_commits(fake):
    run = sweepdeck.init()
    run.log({"a": 1}, commit=False)
    run.log({"b": 2})
    run.log({"c": 3}, step=7)
    run.log({"d": 4}, step=np.int64(7))
    run.log({"e": 5}, step=9.0)
    run.finish()
    assert _rows(fake, run) == [
        {"a": 1, "b": 2, "_step": 0},
        {"c": 3, "d": 4, "_step": 7},
        {"e": 5, "_step": 9},
    ]


def test_a_step_in_the_past_is_left_out_with_a_warning(fake, capsys):
    run = sweepdeck.init()
    run.log({"a": 1}, step=5)
    run.log({"a": 2}, step=4)
    run.finish()
    assert _rows(fake, run) == [{"a": 1, "_step": 5}]
    assert "step 4 is less than the current step 5" in capsys.readouterr().err


@pytest.mark.parametrize("step", ["1", 1.5, None.__class__, 2**63])
def test_a_step_has_to_be_a_whole_number(fake, step):
    run = sweepdeck.init()
    with pytest.raises(sweepdeck.UsageError, match="step"):
        run.log({"a": 1}, step=step)


def test_logging_something_else_than_a_dict_is_an_error(fake):
    run = sweepdeck.init()
    with pytest.raises(sweepdeck.UsageError, match="takes a dict"):
        run.log(0.5)


def test_logging_after_the_end_is_said_and_does_no_harm(fake, capsys):
    run = sweepdeck.init()
    run.finish()
    run.log({"a": 1})
    run.summary["b"] = 2
    run.config.c = 3
    run.name = "late"
    assert "has finished" in capsys.readouterr().err
    assert fake.rows[run.id] == []


def test_the_summary_is_the_scripts_to_write(fake):
    run = sweepdeck.init()
    run.log({"best": 1})
    run.summary["best"] = 10
    run.summary.update({"note": "good", "figure": object()})
    run.log({"best": 2})
    run.finish()
    assert fake.runs[run.id]["summary"] == {"best": 10, "note": "good"}
    assert run.summary.best == 10


def test_config_may_change_during_the_run(fake):
    run = sweepdeck.init(config={"lr": 0.1})
    run.config.update({"lr": 0.2, "depth": 3})
    sweepdeck.config = {"width": 8}
    run.finish()
    assert fake.runs[run.id]["config"] == {"lr": 0.2, "depth": 3, "width": 8}


def test_config_takes_objects_and_keeps_them_for_the_script(fake, tmp_path):
    run = sweepdeck.init(config={"folder": tmp_path, "seed": np.int64(3), "a": 1}, config_exclude_keys=["a"])
    assert run.config.folder is tmp_path
    assert fake.runs[run.id]["config"] == {"folder": str(tmp_path), "seed": 3}


def test_name_tags_and_notes_may_change(fake):
    run = sweepdeck.init(tags="one")
    run.name, run.notes, run.tags = "better", "text", (*run.tags, "two")
    run.describe(group="g", job_type="eval")
    run.finish()
    stored = fake.runs[run.id]
    assert (stored["name"], stored["notes"], stored["tags"]) == ("better", "text", ["one", "two"])
    assert (run.group, run.job_type) == ("g", "eval")
    with pytest.raises(sweepdeck.UsageError, match="name is a text"):
        run.name = 3


def test_a_run_goes_on_where_an_earlier_process_left_it(fake):
    first = sweepdeck.init(id="long", config={"a": 1})
    first.log({"loss": 3})
    fake.wait_for(lambda: len(fake.rows["long"]) == 1)
    first._sender._abandon()  # as if its process had been killed
    second = sweepdeck.init(id="long", config={"b": 2}, reinit="create_new")
    assert second.resumed
    assert dict(second.config) == {"a": 1, "b": 2}
    second.log({"loss": 2})
    second.finish()
    assert _rows(fake, second) == [{"loss": 3, "_step": 0}, {"loss": 2, "_step": 1}]
    assert fake.runs["long"]["config"] == {"a": 1, "b": 2}


def test_a_run_that_has_ended_does_not_begin_again(fake):
    sweepdeck.init(id="done").finish()
    with pytest.raises(sweepdeck.UsageError, match="has ended"):
        sweepdeck.init(id="done")


@pytest.mark.parametrize("resume", [True, "auto"])
def test_what_is_to_go_on_has_to_be_named(fake, capsys, resume):
    sweepdeck.init(resume=resume).finish()
    assert "name one that is to go on, init(id=...)" in capsys.readouterr().err
    sweepdeck.init(id="named", resume=resume).finish()
    sweepdeck.init(resume="allow").finish()
    assert "name one" not in capsys.readouterr().err


def test_resume_says_whether_the_run_has_to_exist(fake):
    with pytest.raises(sweepdeck.UsageError, match="no run 'new'"):
        sweepdeck.init(id="new", resume="must")
    sweepdeck.init(id="new", resume="allow")
    assert sweepdeck.init(id="new", resume="must", reinit="create_new").id == "new"
    with pytest.raises(sweepdeck.UsageError, match="exists already"):
        sweepdeck.init(id="new", resume="never", reinit="create_new")
    with pytest.raises(sweepdeck.UsageError, match="need the run's id"):
        sweepdeck.init(resume="must", reinit="create_new")


def test_init_gives_an_open_run_back_unless_told_otherwise(fake, capsys):
    first = sweepdeck.init()
    assert sweepdeck.init(config={"more": 1}) is first
    assert first.config.more == 1
    assert "is still open" in capsys.readouterr().err
    second = sweepdeck.init(reinit=True)
    assert first.is_over
    third = sweepdeck.init(reinit="create_new")
    assert not second.is_over
    assert sweepdeck.run is third


def test_unsupported_wishes_are_refused_or_said(fake, capsys):
    with pytest.raises(sweepdeck.UsageError, match="mode is one of online, offline, disabled, not 'shared'"):
        sweepdeck.init(mode="shared")
    with pytest.raises(sweepdeck.UsageError, match="needs the server"):
        sweepdeck.init(mode="offline", id="a", resume="must")
    with pytest.raises(sweepdeck.UsageError, match="reinit"):
        sweepdeck.init(reinit="sometimes")
    with pytest.raises(TypeError, match="'projct'"):
        sweepdeck.init(projct="x")
    sweepdeck.init(save_code=True, anonymous="allow", monitor_gym=False)
    said = capsys.readouterr().err
    assert "init(save_code=...) does nothing" in said
    assert "anonymous" not in said
    assert "monitor_gym" not in said


def test_threads_may_log_to_one_run(fake):
    run = sweepdeck.init()
    threads = [threading.Thread(target=lambda: [sweepdeck.log({"a": i}) for i in range(200)]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.finish()
    assert [row["_step"] for row in _rows(fake, run)] == list(range(1000))


def test_each_thread_has_its_own_run(fake):
    outer = sweepdeck.init()
    ids = []

    def work(number):
        run = sweepdeck.init(config={"number": number})
        sweepdeck.log({"number": sweepdeck.config.number})
        sweepdeck.finish()
        ids.append((run.id, number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sweepdeck.run is outer
    assert {number: _rows(fake, _Named(run_id))[0]["number"] for run_id, number in ids} == {n: n for n in range(4)}


class _Named:
    def __init__(self, run_id):
        self.id = run_id


def test_a_hundred_thousand_steps_arrive_whole_and_in_order(fake):
    run = sweepdeck.init()
    for i in range(100_000):
        run.log({"i": i})
    run.finish()
    assert [row["i"] for row in fake.rows[run.id]] == list(range(100_000))
    assert max(len(body["rows"]) for body in fake.asked("POST /runs/.*/history")) <= 100_000


def test_a_step_that_is_too_large_is_left_out(fake, capsys):
    run = sweepdeck.init()
    run.log({"text": "x" * 9_000_000})
    run.log({"a": 1})
    run.finish()
    assert _rows(fake, run) == [{"a": 1, "_step": 1}]
    assert "is left out" in capsys.readouterr().err


def test_a_number_of_thousands_of_digits_does_no_harm(fake, capsys):
    run = sweepdeck.init()
    run.log({"huge": 10**5000})
    run.log({"a": 1})
    run.finish()
    assert _rows(fake, run) == [{"a": 1, "_step": 1}]
    assert "a step is left out" in capsys.readouterr().err


def test_heartbeats_go_on_while_nothing_is_logged(fake, monkeypatch):
    monkeypatch.setattr(_sender, "YOUNG_HEARTBEAT", 0.0)
    monkeypatch.setattr(_sender, "SEND_SECONDS", 0.01)
    sweepdeck.init()
    fake.wait_for(lambda: len(fake.asked("POST /runs/.*/heartbeat")) > 3)


def test_a_stop_from_the_server_interrupts_the_thread_that_began_the_run(fake, capsys):
    ended = []

    def work():
        run = sweepdeck.init()
        try:
            fake.runs[run.id]["stop"] = True
            threading.Event().wait(0.05)
            while True:
                run.log({"a": 1})
                threading.Event().wait(0.01)
        except KeyboardInterrupt as error:
            run.__exit__(type(error), error, None)
            ended.append(run)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    stored = fake.runs[ended[0].id]
    assert (stored["state"], stored["exit_code"]) == ("killed", 255)
    assert "is being stopped" in capsys.readouterr().err


def test_a_forked_child_leaves_the_run_to_its_parent(fake, capfd):
    run = sweepdeck.init()
    run.log({"a": 1})
    pid = os.fork()
    if pid == 0:
        run.log({"a": 2})
        run.finish()
        os._exit(0 if sweepdeck.run is None else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    run.log({"a": 3})
    run.finish()
    assert [row["a"] for row in _rows(fake, run)] == [1, 3]
    assert "belongs to the process that began it" in capfd.readouterr().err


def test_a_forked_child_may_begin_a_run_of_its_own(fake):
    parent = sweepdeck.init()
    pid = os.fork()
    if pid == 0:
        with sweepdeck.init(id="child") as run:
            run.log({"a": 1})
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    parent.finish()
    assert fake.runs["child"]["state"] == "finished"
    assert fake.rows["child"][0]["a"] == 1
