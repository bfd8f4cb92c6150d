"""Processes that are killed, and what `sweepdeck sync` makes of what they have left, with the real server."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import sweepdeck
from sweepdeck import _cli, _sender
from sweepdeck._spool.folder import folders
from tests.sdk.fake import Refused
from tests.sdk.script import ROOT, environment

LOGGER = """
    import os, pathlib
    import sweepdeck as wandb
    returned = pathlib.Path(os.environ["HOME"], "returned").open("w", buffering=1)
    run = wandb.init(project="{project}", id="{id}", mode="{mode}")
    for i in range(10**9):
        run.log({{"i": i, "half": i / 2}} if i % 7 else {{"i": i, "text": f"row {{i}}"}})
        returned.write(f"{{i}}\\n")
        if i == 50:
            print("under way")
"""


@pytest.fixture
def project(request):
    """A project of the test's own."""
    return request.node.name.partition("[")[0][:60]


def _expected(count):
    return [{"_step": i, "i": i} | ({"half": i / 2} if i % 7 else {"text": f"row {i}"}) for i in range(count)]


def _stored(real, project, run_id):
    return real.get(f"/runs/owner/{project}/{run_id}")


def _killed_after(start_script, real, code, seconds):
    """Start a script that logs, kill it with -9 and return the number of the last row that log() returned from."""
    script = start_script(code, real.url, real.key)
    script.expect("under way")
    time.sleep(seconds)
    script.signal(signal.SIGKILL)
    script.end()
    complete = (Path.home() / "returned").read_text().rpartition("\n")[0]
    return int(complete.rpartition("\n")[2])


@pytest.mark.parametrize(("mode", "seconds"), [("online", 0.0), ("online", 0.6), ("offline", 0.2)])
def test_a_process_killed_by_9_has_lost_nothing_that_log_returned_from(real, project, start_script, mode, seconds):
    run_id = f"{mode}{seconds:.0e}"[:20].replace("+", "")
    last = _killed_after(start_script, real, LOGGER.format(project=project, id=run_id, mode=mode), seconds)
    assert _cli.main(["sync"]) == 0
    run = _stored(real, project, run_id)
    # One more row may be whole, of a call that has not returned.
    assert run["history_rows"] in (last + 1, last + 2)
    assert real.rows(run) == _expected(run["history_rows"])
    assert run["state"] == "running"
    assert _cli.main(["sync"]) == 0
    assert _stored(real, project, run_id)["history_rows"] == run["history_rows"]


def test_a_forked_child_that_outlives_its_killed_parent_does_not_hold_the_run(real, project, start_script):
    code = f"""
        import os, signal, time
        import sweepdeck as wandb
        run = wandb.init(project="{project}", id="forked", mode="offline")
        run.log({{"i": 0}})
        forked, ready = os.pipe()
        if os.fork() == 0:
            os.write(ready, b".")  # only now has the child let go of the lock
            [time.sleep(0.05) for _ in range(600) if not os.path.exists(os.path.expanduser("~/over"))]
            os._exit(0)
        os.read(forked, 1)
        print("forked")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    script = start_script(code, real.url, real.key)
    script.expect("forked")
    real.wait_for(lambda: not script.is_alive())
    assert _cli.main(["sync"]) == 0
    (Path.home() / "over").touch()
    assert _stored(real, project, "forked")["history_rows"] == 1


def test_a_run_that_goes_on_gets_what_its_killed_process_has_left_first(real, project, start_script, capsys):
    last = _killed_after(start_script, real, LOGGER.format(project=project, id="again", mode="online"), 0.2)
    with sweepdeck.init(project=project, id="again", resume="must") as run:
        first = run.step
        run.log({"i": -1})
    assert "that an earlier process had left of run" in capsys.readouterr().err
    rows = real.rows(_stored(real, project, "again"))
    assert first > last
    assert rows == [*_expected(first), {"_step": first, "i": -1}]
    assert folders() == []


def test_rows_that_another_process_has_logged_meanwhile_are_kept(real, project, start_script, monkeypatch):
    """The other process is on another machine, which has not got what the killed one has left."""
    real.post("/runs", {"run_id": "shared", "project": project})
    monkeypatch.setenv("SWEEPDECK_FINISH_TIMEOUT", "0")
    monkeypatch.setattr(_sender, "SEND_SECONDS", 30.0)
    run = sweepdeck.init(project=project, id="shared")
    for i in range(10):
        run.log({"i": i})
    run._sender._abandon()
    run._spool.leave()
    sent = [{"i": i, "_step": i, "_timestamp": 5.0} for i in range(100, 104)]
    real.post(f"/runs/owner/{project}/shared/history", {"offset": 0, "rows": sent})
    assert _cli.main(["sync"]) == 0
    rows = real.rows(_stored(real, project, "shared"))
    assert [row["i"] for row in rows] == [*range(100, 104), *range(10)]


def test_many_syncs_at_once_send_every_row_once(real, project, tmp_path):
    run = sweepdeck.init(project=project, mode="offline")
    for i in range(30_000):
        run.log({"i": i})
    run.finish()
    command = [sys.executable, "-m", "sweepdeck", "sync"]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environment(real.url, real.key, tmp_path), stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    said = b"".join(process.communicate(timeout=60)[0] for process in started)
    assert [process.returncode for process in started] == [0, 0, 0]
    assert said.count(b"30,000 rows of run") == 1
    stored = _stored(real, project, run.id)
    assert [row["i"] for row in real.rows(stored)] == list(range(30_000))
    assert stored["state"] == "finished"


def test_a_sync_that_is_killed_is_gone_on_with_by_the_next(real, project, tmp_path):
    run = sweepdeck.init(project=project, mode="offline")
    for i in range(120_000):
        run.log({"i": i, "a": i / 7, "b": i / 11})
    run.finish()
    command = [sys.executable, "-m", "sweepdeck", "sync"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(real.url, real.key, tmp_path))
    real.wait_for(lambda: any(found["history_rows"] for found in _runs(real, project)))
    process.kill()
    process.wait()
    assert _cli.main(["sync"]) == 0
    stored = _stored(real, project, run.id)
    assert [row["i"] for row in real.rows(stored)] == list(range(120_000))
    assert stored["state"] == "finished"


def _runs(real, project):
    try:
        return real.runs(project)
    except sweepdeck.ApiError:
        return []


def test_an_outage_is_outlived_by_rows_of_all_kinds(real, project):
    run = sweepdeck.init(project=project)
    real.kill()
    for i in range(20_000):
        run.log({"i": i, "half": i / 2} if i % 7 else {"i": i, "text": f"row {i}"})
    threading.Timer(0.5, real.launch).start()
    run.finish()
    stored = real.wait_for(lambda: _stored(real, project, run.id))
    assert stored["state"] == "finished"
    assert real.rows(stored) == _expected(20_000)


def test_what_could_not_be_sent_in_time_is_sent_later_with_the_end(real, project, monkeypatch, capsys):
    run = sweepdeck.init(project=project)
    real.kill()
    monkeypatch.setenv("SWEEPDECK_FINISH_TIMEOUT", "0.1")
    run.log({"a": 1})
    run.summary["best"] = 2
    run.finish(exit_code=4)
    assert "waits with 1 row; send it by: sweepdeck sync" in capsys.readouterr().err
    real.start()
    assert _cli.main(["sync", str(folders()[0])]) == 0
    stored = _stored(real, project, run.id)
    assert (stored["state"], stored["exit_code"], stored["summary"]) == ("failed", 4, {"a": 1, "best": 2})


def test_of_a_window_that_a_killed_process_had_sent_in_part_the_rest_is_sent(fake):
    stored, is_open = fake._run_history, threading.Event()

    def take_one_batch(run, body):
        if not is_open.is_set() or len(fake.rows[run["run_id"]]) > 9_000:
            raise Refused(503, "busy", "later")
        return stored(run, body)

    fake._run_history = take_one_batch
    run = sweepdeck.init()
    for i in range(25_000):
        run.log({"i": i, "text": "as JSON, ten thousand at once"})
    is_open.set()
    fake.wait_for(lambda: len(fake.rows[run.id]) > 9_000)
    run._sender._abandon()
    run._sender._thread.join()
    run._spool.leave()
    fake._run_history = stored
    assert len(fake.rows[run.id]) < 25_000
    assert _cli.main(["sync"]) == 0
    assert [row["i"] for row in fake.rows[run.id]] == list(range(25_000))
