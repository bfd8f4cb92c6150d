"""Runs that no server hears of, now or ever."""

import errno
import math
import os

import numpy as np
import pytest

import sweepdeck
from sweepdeck import _cli
from sweepdeck._spool.folder import folders


def _without_server(monkeypatch):
    monkeypatch.setenv("SWEEPDECK_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("SWEEPDECK_API_KEY")


def _sync(fake, monkeypatch, *arguments):
    monkeypatch.setenv("SWEEPDECK_BASE_URL", fake.url)
    monkeypatch.setenv("SWEEPDECK_API_KEY", "k" * 43)
    return _cli.main(["sync", *map(str, arguments)])


def _offline_run(**options):
    run = sweepdeck.init(project="away", config={"lr": 0.1}, mode="offline", **options)
    run.log({"loss": 0.5, "n": np.int64(3)})
    run.log({"loss": 1, "note": "text"})
    run.log({"loss": math.nan})
    run.summary["best"] = 7
    run.config.late = True
    run.name = "renamed"
    return run


def test_an_offline_run_needs_no_server_and_is_sent_once(fake, monkeypatch, capsys):
    _without_server(monkeypatch)
    run = _offline_run(tags=["a"])
    assert (run.mode, run.url, run.project_url, run.step) == ("offline", "", "", 3)
    run.finish(exit_code=3)
    assert "sweepdeck sync /" in capsys.readouterr().err
    assert fake.runs == {}
    assert _sync(fake, monkeypatch, "--list") == 0
    assert "3 rows for the server that sync is run for" in capsys.readouterr().out
    assert _sync(fake, monkeypatch) == 0
    assert "3 rows of run" in capsys.readouterr().out
    stored = fake.runs[run.id]
    assert [row["loss"] for row in fake.rows[run.id]][:2] == [0.5, 1]
    assert math.isnan(fake.rows[run.id][2]["loss"])
    assert (stored["project"], stored["name"], stored["tags"], stored["state"]) == ("away", "renamed", ["a"], "failed")
    assert (stored["config"], stored["summary"]) == ({"lr": 0.1, "late": True}, {"best": 7})
    assert stored["host"]
    before = len(fake.requests)
    assert _sync(fake, monkeypatch) == 0
    assert "nothing waits in" in capsys.readouterr().out
    assert len(fake.requests) == before


def test_an_offline_run_that_cannot_be_kept_is_refused_before_it_begins(fake, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SWEEPDECK_SPOOL_DIR", str(tmp_path / "file" / "x"))
    with pytest.raises(sweepdeck.UsageError, match=r"cannot be kept on this machine.*SWEEPDECK_SPOOL_DIR"):
        sweepdeck.init(mode="offline")
    assert sweepdeck.run is None


def test_the_mode_may_come_from_the_environment(fake, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_MODE", "offline")
    assert sweepdeck.init().mode == "offline"
    assert fake.requests == []
    with pytest.raises(sweepdeck.UsageError, match="an agent needs the server"):
        sweepdeck.agent("sweep000", function=sweepdeck.init)


def test_a_run_of_an_agent_is_online(fake):
    def main():
        sweepdeck.init(mode="offline")

    sweep_id = sweepdeck.sweep({"method": "random"})
    fake.configs = [{"x": 1}]
    sweepdeck.agent(sweep_id, function=main)
    (run,) = fake.runs.values()
    assert "not for the runs of an agent" in run["error"]


def test_a_disabled_run_works_and_is_kept_nowhere(fake, monkeypatch, capsys):
    run = sweepdeck.init(config={"lr": 0.1}, mode="disabled", name="n")
    run.log({"loss": np.float32(0.5), "text": "a"})
    run.log({"loss": 1.5})
    run.log({"np": np.float64(2)}, step=9)
    run.summary["best"] = 1
    run.config.more = 2
    run.tags = ["x"]
    assert (run.mode, run.step, run.name, run.tags) == ("disabled", 9, "n", ("x",))
    assert dict(run.summary) == {"loss": 1.5, "text": "a", "np": 2.0, "best": 1}
    assert type(run.summary["np"]) is float
    assert dict(run.config) == {"lr": 0.1, "more": 2}
    run.finish()
    assert sweepdeck.run is None
    assert fake.requests == []
    assert folders() == []
    assert capsys.readouterr().err == ""


def test_a_sync_that_fails_says_why_and_a_later_one_does_it(fake, monkeypatch, capsys):
    run = _offline_run()
    run.finish()
    (folder,) = folders()
    fake.fail("POST /runs/.*/history", 403)
    assert _sync(fake, monkeypatch, folder) == 1
    assert "not sent" in capsys.readouterr().out
    assert _sync(fake, monkeypatch, folder.parent) == 0
    assert len(fake.rows[run.id]) == 3
    assert not folder.exists()


def test_what_waits_for_a_deleted_run_is_deleted_when_asked_for(fake, monkeypatch, capsys):
    run = sweepdeck.init()
    run.log({"a": 1})
    monkeypatch.setenv("SWEEPDECK_FINISH_TIMEOUT", "0")
    run.finish()
    fake.runs.clear()
    assert _sync(fake, monkeypatch) == 1
    assert "no longer has run" in capsys.readouterr().out
    assert _sync(fake, monkeypatch, "--clean") == 0
    assert folders() == []


def test_a_folder_that_is_no_spool_is_left_alone(fake, monkeypatch, tmp_path, capsys):
    strange = tmp_path / "spools" / "strange"
    strange.mkdir(parents=True)
    (strange / "run.json").write_text("{}")
    assert _sync(fake, monkeypatch, strange.parent) == 1
    assert "is not the spool of a run" in capsys.readouterr().out
    (strange / "run.json").write_text('{"version": 99, "run_id": "a", "mode": "online", "rows": 0}')
    assert _sync(fake, monkeypatch, strange) == 1
    assert "another version" in capsys.readouterr().out
    assert strange.exists()


@pytest.fixture
def full_disk(monkeypatch):
    """Return what lets the spool's files take no more bytes, or as many again, until it is undone."""
    write = os.write

    def full(file, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return lambda is_full: monkeypatch.setattr(os, "write", full if is_full else write)


def test_an_offline_run_whose_disk_fills_says_at_once_and_at_its_end_what_is_lost(fake, monkeypatch, capsys, full_disk):
    _without_server(monkeypatch)
    run = _offline_run()
    full_disk(is_full=True)
    run.log({"loss": 2.0})
    assert "takes no more of this offline run" in (said := capsys.readouterr().err)
    assert "No space left on device" in said
    run.log({"loss": 3.0})
    assert capsys.readouterr().err == ""
    run.finish()
    said = capsys.readouterr().err
    assert "2 rows and the end of offline run renamed are LOST" in said
    assert "waits with 3 rows; send it by: sweepdeck sync" in said
    full_disk(is_full=False)
    assert _sync(fake, monkeypatch) == 1
    assert f"3 rows of run {run.id} sent, 2 were lost when the disk was full" in capsys.readouterr().out
    assert len(fake.rows[run.id]) == 3


def test_what_waited_in_memory_is_kept_when_the_disk_has_room_again_at_the_end(fake, monkeypatch, capsys, full_disk):
    _without_server(monkeypatch)
    run = _offline_run()
    full_disk(is_full=True)
    run.log({"loss": 2.0})
    full_disk(is_full=False)
    run.log({"loss": 3.0})
    run.finish(exit_code=3)
    said = capsys.readouterr().err
    assert said.count("LOST") == 1
    assert "waits with 5 rows" in said
    assert _sync(fake, monkeypatch) == 0
    assert [row["loss"] for row in fake.rows[run.id]][3:] == [2.0, 3.0]
    assert fake.runs[run.id]["state"] == "failed"


def test_a_run_that_waits_for_its_server_keeps_what_the_disk_takes_again(fake, monkeypatch, capsys, full_disk):
    run = sweepdeck.init()
    fake.fail("POST /runs/.*", 503, times=10**6)
    full_disk(is_full=True)
    run.log({"a": 1})
    full_disk(is_full=False)
    monkeypatch.setenv("SWEEPDECK_FINISH_TIMEOUT", "0")
    run.finish()
    said = capsys.readouterr().err
    assert "did not reach the server" not in said
    assert "waits with 1 row" in said
