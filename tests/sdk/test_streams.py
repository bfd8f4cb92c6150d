"""Output, samples and files of runs, with the real server."""

import os
import signal
import threading
from pathlib import Path

import pytest

import sweepdeck
from sweepdeck import _cli

CHATTY = """
    import os, pathlib, sys
    import sweepdeck as wandb
    returned = pathlib.Path(os.environ["HOME"], "returned").open("w", buffering=1)
    run = wandb.init(project="{project}", id="{id}", mode="{mode}")
    for i in range(10**9):
        sys.stdout.write(f"line {{i}}\\n")
        run.log({{"i": i}})
        returned.write(f"{{i}}\\n")
        if i == 50:
            print("under way")
"""


@pytest.fixture
def project(request):
    """A project of the test's own."""
    return request.node.name.partition("[")[0][:60]


def _place(run):
    return f"/runs/owner/{run.project}/{run.id}"


def _lines(real, place):
    found, after = [], -1
    while after is not None:
        page = real.get(f"{place}/console?after={after}&limit=10000")
        found += [(line["stream"], line["text"]) for line in page["lines"]]
        after = page["next_after"]
    return found


def test_all_streams_of_a_run_arrive_and_files_with_them(real, project, monkeypatch, tmp_path):
    monkeypatch.setenv("SWEEPDECK_SYSTEM_SECONDS", "0.1")
    monkeypatch.chdir(tmp_path)
    Path("ü model.pt").write_bytes(os.urandom(200_000))
    Path("empty").touch()
    run = sweepdeck.init(project=project)
    print("hello \N{SNOWMAN} \0 \x1b[31mred\x1b[0m")
    for i in range(3_000):
        print(i)
        run.log({"i": i})
    assert run.save("ü model.pt") == ["ü model.pt"]
    run.save("empty", policy="end")
    real.wait_for(lambda: real.get(_place(run))["system_rows"] >= 2)
    run.finish()
    stored = real.get(_place(run))
    assert (stored["state"], stored["history_rows"], stored["console_lines"]) == ("finished", 3_000, 3_001)
    assert _lines(real, _place(run)) == [
        ("stdout", "hello \N{SNOWMAN} \0 \x1b[31mred\x1b[0m"),
        *(("stdout", str(i)) for i in range(3_000)),
    ]
    samples = real.get(f"{_place(run)}/system")["rows"]
    assert all(0 <= sample["memory"] <= 100 for sample in samples)
    files = {file["path"]: file["size"] for file in real.get(f"{_place(run)}/files")["results"]}
    assert files == {"ü model.pt": 200_000, "empty": 0}


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_a_process_killed_by_9_has_lost_and_doubled_no_line(real, project, start_script, mode):
    script = start_script(CHATTY.format(project=project, id=mode, mode=mode), real.url, real.key)
    script.expect("under way")
    script.signal(signal.SIGKILL)
    script.end()
    complete = (Path.home() / "returned").read_text().rpartition("\n")[0]
    last = int(complete.rpartition("\n")[2])
    assert _cli.main(["sync"]) == 0
    place = f"/runs/owner/{project}/{mode}"
    numbers = [text.removeprefix("line ") for _, text in _lines(real, place) if text != "under way"]
    assert len(numbers) in (last + 1, last + 2)
    assert numbers == [str(i) for i in range(len(numbers))]
    assert real.get(place)["history_rows"] in (last + 1, last + 2)
    before = real.get(place)["console_lines"]
    assert _cli.main(["sync"]) == 0
    assert real.get(place)["console_lines"] == before


def test_lines_that_the_server_has_but_nobody_noted_are_sent_once(real, project, monkeypatch):
    """A sync that was killed before it could note what has arrived."""
    run = sweepdeck.init(project=project, mode="offline")
    for i in range(100):
        print(i)
    run.finish()
    monkeypatch.setattr("sweepdeck._spool.progress.Progress.save", lambda *_args: None)
    monkeypatch.setattr("sweepdeck._spool.spool.Spool.remove", lambda self: self.leave())
    for _ in range(2):
        assert _cli.main(["sync"]) == 0
    assert [text for _, text in _lines(real, _place(run))] == [str(i) for i in range(100)]


def test_a_killed_server_loses_and_doubles_no_line_and_no_file(real, project, tmp_path):
    run = sweepdeck.init(project=project)
    for i in range(2_000):
        print(i)
        run.log({"i": i})
        if i in (500, 1500):
            (tmp_path / f"{i}.bin").write_bytes(os.urandom(2_000_000))
            run.save(tmp_path / f"{i}.bin", policy="now")
            real.kill()
            threading.Timer(0.3, real.launch).start()
    run.finish()
    stored = real.wait_for(lambda: real.get(_place(run)))
    assert (stored["state"], stored["history_rows"]) == ("finished", 2_000)
    texts = [text for stream, text in _lines(real, _place(run)) if stream == "stdout"]
    assert texts == [str(i) for i in range(2_000)]
    assert {file["size"] for file in real.get(f"{_place(run)}/files")["results"]} == {2_000_000}
    assert len(real.get(f"{_place(run)}/files")["results"]) == 2


def test_a_file_that_is_too_large_is_said_by_the_servers_own_words(real, project, tmp_path, capsys):
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(100 * 2**20 + 1)
    with sweepdeck.init(project=project) as run:
        run.save(tmp_path / "huge", policy="now")
        run.log({"a": 1})
    assert "file huge was refused by the server: The file has more than 104,857,600 bytes" in capsys.readouterr().err
    assert real.get(f"{_place(run)}/files")["results"] == []
    assert real.get(_place(run))["state"] == "finished"
