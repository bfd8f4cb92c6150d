"""Files that a script saves with its run."""

import hashlib
import os
import threading

import pytest

import sweepdeck
from sweepdeck import _cli
from sweepdeck._files import uploader as uploader_module
from sweepdeck._spool.folder import folders
from tests.sdk.fake import KEY

PUT = "PUT /runs/.*/files/.*"


@pytest.fixture(autouse=True)
def work(monkeypatch, tmp_path):
    """A working folder of the test's own."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def _stored(fake, run):
    return {path: content for (run_id, path), content in fake.files.items() if run_id == run.id}


@pytest.mark.parametrize(
    ("given", "base_path", "paths"),
    [
        ("a.txt", None, ["a.txt"]),
        ("plots/*.png", None, ["plots/1.png", "plots/2.png"]),
        ("plots", None, ["plots/1.png", "plots/2.png", "plots/deep/3.txt"]),
        ("plots/**/*.txt", None, ["plots/deep/3.txt"]),
        ("plots/deep/3.txt", "plots", ["deep/3.txt"]),
        ("./plots/../a.txt", None, ["a.txt"]),
        ("{outside}/model.pt", None, ["model.pt"]),
        ("{outside}/model.pt", "{outside}", ["model.pt"]),
        ("../elsewhere/model.pt", None, ["model.pt"]),
        ("names/ü %#?.txt", None, ["names/ü %#?.txt"]),
        ("names/[1].txt", None, ["names/[1].txt"]),
    ],
    ids=range(11),
)
def test_files_are_called_as_from_the_base_path(fake, work, given, base_path, paths):
    outside = work.parent / "elsewhere"
    for path in ("a.txt", "plots/1.png", "plots/2.png", "plots/deep/3.txt", "names/ü %#?.txt", "names/[1].txt"):
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(path)
    outside.mkdir()
    (outside / "model.pt").write_text("model")
    base = base_path and base_path.format(outside=outside)
    with sweepdeck.init() as run:
        assert run.save(given.format(outside=outside), base) == paths
    assert sorted(_stored(fake, run)) == paths


def test_what_is_no_file_is_said(fake, capsys, work):
    (work / "back\\slash").write_text("x")
    (work / "fine").write_text("x")
    run = sweepdeck.init()
    for wrong in (3, None, "", b"bytes"):
        with pytest.raises(sweepdeck.UsageError, match="takes a path or a pattern"):
            run.save(wrong)
    with pytest.raises(sweepdeck.UsageError, match="policy is one of"):
        run.save("fine", policy="later")
    with pytest.raises(sweepdeck.UsageError, match="is not in the base_path"):
        run.save("fine", base_path="plots")
    assert sweepdeck.save("missing-*.txt") == []
    assert run.save("back\\slash") == []
    run.finish()
    assert run.save("fine") == []
    said = capsys.readouterr().err
    assert "save('missing-*.txt') finds no file" in said
    assert "holds a backslash" in said
    assert "what is saved now is lost" in said
    with pytest.raises(sweepdeck.UsageError, match="before save"):
        sweepdeck.save("fine")
    assert fake.files == {}


def test_each_policy_sends_what_it_says(fake, work, monkeypatch):
    monkeypatch.setattr(uploader_module, "LOOK_SECONDS", 0.02)
    names = ("now", "end", "live")
    for name in names:
        (work / name).write_text("first")
    run = sweepdeck.init()
    for name in names:
        run.save(name, policy=name)
    fake.wait_for(lambda: len(_stored(fake, run)) == 2)
    assert set(_stored(fake, run)) == {"now", "live"}
    for name in names:
        (work / f"{name}.new").write_text("second")
        (work / f"{name}.new").replace(work / name)
    fake.wait_for(lambda: _stored(fake, run)["live"] == b"second")
    (work / "live").write_text("third, at the end")
    run.finish()
    assert _stored(fake, run) == {"now": b"first", "end": b"second", "live": b"third, at the end"}
    assert folders() == []


def test_the_same_bytes_are_sent_once(fake, work):
    (work / "a").write_text("same")
    run = sweepdeck.init()
    for _ in range(3):
        run.save("a", policy="now")
        fake.wait_for(lambda: not run._files.left)
    run.save("a")
    # Replaced whole: the uploader may look between the truncation and the write of write_text().
    (work / "again").write_text("same")
    (work / "again").replace(work / "a")
    run.finish()
    assert len(fake.asked(PUT)) == 1


def test_a_file_that_is_deleted_after_the_call_arrives(fake, work):
    fake.fail(PUT, 503, times=3)
    (work / "a").write_text("precious")
    run = sweepdeck.init()
    run.save("a", policy="now")
    (work / "a").unlink()
    run.finish()
    assert _stored(fake, run) == {"a": b"precious"}


def test_errors_are_outlived_and_rows_do_not_wait_for_files(fake, work):
    (work / "a").write_bytes(os.urandom(300_000))
    fake.fail(PUT, times=10**6)
    run = sweepdeck.init()
    run.save("a")
    run.log({"i": 0})
    fake.wait_for(lambda: len(fake.rows[run.id]) == 1)
    assert fake.files == {}
    fake.heal()
    run.finish()
    assert _stored(fake, run) == {"a": (work / "a").read_bytes()}


@pytest.mark.parametrize("status", [413, 400, 404])
def test_a_file_that_the_server_refuses_is_said_once_and_the_others_arrive(fake, work, capsys, status):
    body = {"type": "error", "errors": [{"code": "x", "detail": "The file has more than 9 bytes", "attr": None}]}
    fake.fail("PUT /runs/.*/files/large", status, times=10**6, body=body)
    (work / "large").write_text("0123456789")
    (work / "small").write_text("0")
    run = sweepdeck.init()
    run.save("large")
    run.save("small")
    run.save("large", policy="now")
    run.finish()
    assert set(_stored(fake, run)) == {"small"}
    assert fake.runs[run.id]["state"] == "finished"
    said = capsys.readouterr().err
    assert said.count("file large was refused by the server: The file has more than 9 bytes") == 1
    assert folders() == []


def test_a_file_that_changes_while_it_is_sent_is_sent_again(fake, work, monkeypatch):
    monkeypatch.setattr(uploader_module, "CHANGED_SECONDS", 0.01)
    path = work / "a"
    path.write_text("before")
    real = hashlib.file_digest
    changes = iter(["another", "x"])

    def digest(file, name):
        found = real(file, name)
        if (text := next(changes, None)) is not None:
            path.write_text(text)
        return found

    monkeypatch.setattr(hashlib, "file_digest", digest)
    run = sweepdeck.init()
    run.save("a")
    run.finish()
    assert _stored(fake, run) == {"a": b"x"}


def test_an_unreadable_file_is_said_and_waited_for_no_more(fake, work, capsys):
    (work / "a").write_text("x")
    run = sweepdeck.init()
    fake.fail(PUT, 503)
    run.save("a")
    (work / "a").unlink()
    run.finish()
    assert "file a cannot be read" in capsys.readouterr().err
    assert folders() == []


def test_a_large_file_is_read_piece_by_piece(fake, work):
    content = os.urandom(3_000_000) * 4
    (work / "model.pt").write_bytes(content)
    largest = []
    real = uploader_module._Exactly.read

    def read(self, count=-1):
        data = real(self, count)
        largest.append(len(data))
        return data

    uploader_module._Exactly.read = read
    try:
        with sweepdeck.init() as run:
            run.save("model.pt", policy="now")
    finally:
        uploader_module._Exactly.read = real
    assert _stored(fake, run) == {"model.pt": content}
    assert max(largest) < 100_000


def test_files_of_an_offline_run_are_sent_by_sync(fake, work, capsys):
    names = ("now", "end", "live")
    for name in names:
        (work / name).write_text("first")
    run = sweepdeck.init(mode="offline")
    for name in names:
        run.save(name, policy=name)
    (work / "end").write_text("at the end")
    run.finish()
    assert "waits with 3 files" in capsys.readouterr().err
    for name in names:
        (work / name).unlink()
    fake.fail(PUT, 503)
    assert _cli.main(["sync", "--list"]) == 0
    assert _cli.main(["sync"]) == 0
    assert "3 files of run" in capsys.readouterr().out
    assert _stored(fake, run) == {"now": b"first", "end": b"at the end", "live": b"first"}
    assert folders() == []


def test_files_that_a_killed_process_has_left_are_sent_by_sync(fake, work, start_script):
    code = """
        import os, signal
        import sweepdeck as wandb
        run = wandb.init(id="killed", mode="offline")
        for name in ("now", "end", "live"):
            open(name, "w").write("before")
            run.save(name, policy=name)
        os.unlink("now")
        open("live", "w").write("after")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    start_script(code, fake.url, KEY).end()
    assert _cli.main(["sync"]) == 0
    assert {path: content for (_, path), content in fake.files.items()} == {
        "now": b"before",
        "end": b"before",
        "live": b"after",
    }


def test_what_cannot_be_sent_in_time_waits_with_the_run(fake, work, monkeypatch, capsys):
    monkeypatch.setenv("SWEEPDECK_FINISH_TIMEOUT", "0.3")
    fake.fail(PUT, 503, times=10**6)
    (work / "a").write_text("x")
    with sweepdeck.init() as run:
        run.save("a", policy="now")
    assert "waits with 1 file; send it by" in capsys.readouterr().err
    (work / "a").unlink()
    fake.heal()
    assert _cli.main(["sync"]) == 0
    assert _stored(fake, run) == {"a": b"x"}


def test_without_a_spool_folder_files_are_sent_from_where_they_are(fake, work, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_SPOOL_DIR", "/proc/none")
    (work / "a").write_text("x")
    with sweepdeck.init() as run:
        run.save("a", policy="now")
    assert _stored(fake, run) == {"a": b"x"}


def test_a_disabled_run_saves_nothing(fake, work):
    (work / "a").write_text("x")
    with sweepdeck.init(mode="disabled") as run:
        assert run.save("a") == ["a"]
    assert fake.requests == []


def test_threads_may_save_at_once(fake, work):
    for i in range(20):
        (work / f"{i}").write_text(str(i))
    run = sweepdeck.init()
    threads = [threading.Thread(target=run.save, args=(f"{i}",)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.finish()
    assert _stored(fake, run) == {str(i): str(i).encode() for i in range(20)}
