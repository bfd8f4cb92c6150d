"""What scripts print while a run is open, and that they go on as if nobody heard it."""

import io
import json
import logging
import os
import subprocess
import sys
import textwrap
import threading
from contextlib import suppress

import pytest

import sweepdeck
from sweepdeck import _cli
from sweepdeck._output.mask import Mask
from sweepdeck._output.run_output import RunOutput
from sweepdeck._output.taps import taps
from tests.sdk.fake import KEY
from tests.sdk.script import environment


def _printed(fake, run):
    return [(stream, text) for _, stream, text in fake.lines[run.id]]


def test_both_streams_are_sent_in_their_order_and_shown_as_before(fake, capsys):
    print("before")
    with sweepdeck.init() as run:
        print("one")
        print("two", file=sys.stderr)
        sys.stdout.writelines(["three\n", "fo", "ur\n"])
        print("ünfinished \N{SNOWMAN} \0 \ud800".encode("utf-8", "replace").decode(), end="")
    print("after")
    out, err = capsys.readouterr()
    assert out == "before\none\nthree\nfour\nünfinished \N{SNOWMAN} \0 ?after\n"
    assert "two\n" in err
    lines = [("stdout", "one"), ("stderr", "two"), ("stdout", "three"), ("stdout", "four")]
    assert _printed(fake, run) == [*lines, ("stdout", "ünfinished \N{SNOWMAN} \0 ?")]
    times = [at for at, _, _ in fake.lines[run.id]]
    assert times == sorted(times)


def test_the_key_and_what_is_named_as_secret_are_not_sent(fake, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_SECRET_NAMES", "TOKEN, CERT, NONE")
    monkeypatch.setenv("TOKEN", "top/secret word")
    monkeypatch.setenv("CERT", "first line\nsecond line\nshort")
    run = sweepdeck.init()
    with suppress(ValueError), run:
        print(f"{KEY} top/secret word; first line; top%2Fsecret%20word", "short")
        raise ValueError(os.environ["TOKEN"])
    assert ("stdout", "*** ***; ***; *** short") in _printed(fake, run)
    assert "ValueError: ***" in fake.runs[run.id]["error"]
    assert not [line for line in _printed(fake, run) if "secret" in line[1]]


def test_the_longer_of_two_secrets_is_hidden_whole():
    assert Mask(["password", "password-of-ada"])("x password-of-ada, password") == "x ***, ***"


def test_output_is_shown_while_the_run_goes_on(fake):
    run = sweepdeck.init()
    print("first")
    fake.wait_for(lambda: _printed(fake, run) == [("stdout", "first")])
    print("\r10%", end="")
    fake.wait_for(lambda: _printed(fake, run)[1:] == [("stdout", "10%")])
    run.finish()


def test_streams_stay_the_objects_that_they_are(fake, monkeypatch, tmp_path):
    with (tmp_path / "out").open("w", encoding="latin-1") as file:
        monkeypatch.setattr(sys, "stdout", file)
        handler = logging.StreamHandler(file)
        with sweepdeck.init() as run:
            assert sys.stdout is file
            assert (file.isatty(), file.encoding, file.fileno() > 2, file.writable()) == (False, "latin-1", True, True)
            handler.emit(logging.makeLogRecord({"msg": "logged"}))
            assert file.write("abc\n") == 4
            with pytest.raises(TypeError):
                file.write(b"bytes")
            with pytest.raises(UnicodeEncodeError):
                file.write("\N{SNOWMAN}\n")
        assert "write" not in vars(file)
    assert taps._taps == []
    assert _printed(fake, run) == [("stdout", "logged"), ("stdout", "abc")]


def test_what_others_put_on_top_stays(fake):
    heard = []
    run = sweepdeck.init()
    below = sys.stdout.write
    sys.stdout.write = lambda text: (heard.append(text), below(text))[1]
    print("a")
    run.finish()
    print("b")
    assert heard == ["a", "\n", "b", "\n"]
    with sweepdeck.init() as second:
        print("c")
    assert (_printed(fake, run), _printed(fake, second)) == ([("stdout", "a")], [("stdout", "c")])
    sys.stdout.write = below
    taps.open()
    taps.close()


@pytest.mark.parametrize("stream", [None, object()])
def test_streams_that_cannot_be_heard_are_left_alone(fake, monkeypatch, stream):
    monkeypatch.setattr(sys, "stdout", stream)
    with sweepdeck.init() as run:
        run.log({"a": 1})
    assert fake.runs[run.id]["state"] == "finished"


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_it_can_be_turned_off(fake, monkeypatch, how):
    if how == "variable":
        monkeypatch.setenv("SWEEPDECK_CONSOLE", "off")
    with sweepdeck.init(console="off" if how == "argument" else None) as run:
        print("not heard")
    assert _printed(fake, run) == []
    with pytest.raises(sweepdeck.UsageError, match="console is one of"):
        sweepdeck.init(console="loud")


def test_our_own_lines_are_not_recorded_but_warnings_are(fake):
    with sweepdeck.init() as run:
        run.log({"a": object()})
    ((stream, text),) = _printed(fake, run)
    assert (stream, text.partition("'a'")[0]) == ("stderr", "sweepdeck: WARNING ")


def test_each_run_of_an_agent_has_its_own_output_with_the_traceback(fake):
    def main():
        print("before init")
        run = sweepdeck.init(console="off" if calls == 2 else None)
        print("working on", run.config.x)
        if run.config.x == 1:
            raise ValueError("diverged")

    calls = 0
    sweep_id = sweepdeck.sweep({"method": "grid"})
    fake.configs = [{"x": 0}, {"x": 1}]
    sweepdeck.agent(sweep_id, function=main)
    print("between")
    calls = 2
    fake.configs = [{"x": 2}]
    sweepdeck.agent(sweep_id, function=main)
    first, second, third = ([text for _, _, text in lines] for lines in fake.lines.values())
    assert first == ["before init", "working on 0"]
    assert second[:2] == ["before init", "working on 1"]
    assert second[-1] == "ValueError: diverged"
    assert third == ["before init"]


def test_threads_print_to_their_own_runs(fake):
    runs = {}

    def work(name):
        with sweepdeck.init(name=name) as run:
            runs[name] = run
            gate.wait()
            for i in range(200):
                print(f"{name} {i}")

    gate = threading.Barrier(3)
    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, run in runs.items():
        assert [text for _, text in _printed(fake, run)] == [f"{name} {i}" for i in range(200)]


def test_threads_of_one_run_lose_and_mix_no_lines(fake):
    with sweepdeck.init() as run:
        threads = [threading.Thread(target=lambda: [sys.stdout.write(f"{i}\n") for i in range(500)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(int(text) for _, text in _printed(fake, run)) == sorted(list(range(500)) * 4)


def test_a_flood_neither_blocks_nor_fills_the_spool(fake, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_CONSOLE_MAX_MB", "1")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with sweepdeck.init() as run:
        for _ in range(3_000):
            print("x" * 1_000)
        print("the end")
    texts = [text for _, text in _printed(fake, run)]
    assert texts[-1] == "the end"
    assert any(text.startswith("… ") and text.endswith("lines were left out …") for text in texts)
    assert 900 < len(texts) < 1_200


def test_a_server_that_takes_no_output_costs_nothing_else(fake, capsys):
    fake.fail("POST /runs/.*/console", 404, times=10**6)
    with sweepdeck.init() as run:
        print("a")
        run.log({"a": 1})
    assert fake.runs[run.id]["state"] == "finished"
    assert len(fake.rows[run.id]) == 1
    assert "the server takes no console" in capsys.readouterr().err


def test_a_line_that_the_server_refuses_is_lost_alone(fake, capsys):
    body = {"type": "error", "errors": [{"code": "x", "detail": "is wrong", "attr": "lines[1][2]"}]}
    fake.fail("POST /runs/.*/console", 400, body=body)
    with sweepdeck.init() as run:
        print("a\nb\nc")
    assert [text for _, text in _printed(fake, run)] == ["a", "c"]
    assert "the server refused 1 lines" in capsys.readouterr().err


def test_nothing_is_printed_twice_to_a_server_that_loses_answers(fake):
    fake.fail("POST /runs/.*/console", after=True, times=2)
    with sweepdeck.init() as run:
        for i in range(10):
            print(i)
    assert [text for _, text in _printed(fake, run)] == [str(i) for i in range(10)]


KILLED = """
    import os, signal, sys
    import sweepdeck as wandb
    run = wandb.init(id="killed", mode="offline")
    for i in range(3000):
        print("line", i)
    sys.stdout.write("unfinished")
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_by_9_has_lost_no_line_that_was_complete(fake, start_script):
    start_script(KILLED, fake.url, KEY).end()
    assert _cli.main(["sync"]) == 0
    assert [text for _, _, text in fake.lines["killed"]] == [f"line {i}" for i in range(3000)]


FORKED = """
    import os, sys
    import sweepdeck as wandb
    with wandb.init():
        print("in the run")
        if os.fork() == 0:
            print("in the child")
            sys.stdout.flush()
            os._exit(0)
        os.wait()
        print("in the parent")
    raise ValueError("after the run")
"""


def test_a_forked_child_prints_for_itself(fake, start_script):
    script = start_script(FORKED, fake.url, KEY)
    assert script.end() == 1
    assert "in the child" in script.said
    ((_, lines),) = fake.lines.items()
    assert [text for _, _, text in lines] == ["in the run", "in the parent"]


def test_an_uncaught_exception_is_part_of_the_output(fake, start_script):
    script = start_script("import sweepdeck\nsweepdeck.init()\nraise ValueError('boo')", fake.url, KEY)
    assert script.end() == 1
    ((_, lines),) = fake.lines.items()
    assert lines[-1][1:] == ["stderr", "ValueError: boo"]
    assert json.dumps(lines).count("Traceback") == 1


TERMINAL = """
    import logging, pdb, sys
    import sweepdeck as wandb
    wandb.init()
    print("terminal", sys.stdout.isatty(), sys.stdin.isatty(), sys.stdout.fileno(), sys.stderr.isatty())
    print("got", input("what? "))
    pdb.set_trace()
    for i in range(3):
        print(f"\\r{i}", end="", flush=True)
    print()
    logging.warning("careful")
"""


def test_a_terminal_is_still_one_for_input_for_pdb_and_for_the_program(fake, tmp_path):
    ours, its = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(TERMINAL)],
        env=os.environ | environment(fake.url, KEY, tmp_path),
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    said = b""
    for prompt, answer in ((b"what? ", b"an answer\n"), (b"(Pdb) ", b"p 6 * 7\n"), (b"(Pdb) ", b"continue\n")):
        seen = len(said)
        while prompt not in said[seen:]:
            said += os.read(ours, 1000)
        os.write(ours, answer)
    with suppress(OSError):  # the terminal is gone with its process
        while piece := os.read(ours, 1000):
            said += piece
    os.close(ours)
    assert process.wait(20) == 0
    assert b"terminal True True 1 True" in said
    ((_, lines),) = fake.lines.items()
    texts = [text for _, _, text in lines]
    assert texts[:2] == ["terminal True True 1 True", "got an answer"]
    assert "42" in " ".join(texts)
    assert texts[-2:] == ["2", "WARNING:root:careful"]


def test_a_run_may_be_ended_while_its_thread_is_interrupted_in_a_print(fake, monkeypatch):
    """As by a handler of a signal, which arrives while the line is being recorded."""
    real = RunOutput._put

    def put(self, at, stream, line):
        real(self, at, stream, line)
        if line == "interrupted":
            run.finish()

    monkeypatch.setattr(RunOutput, "_put", put)
    run = sweepdeck.init()
    print("interrupted\nlost")
    assert fake.runs[run.id]["state"] == "finished"
    assert _printed(fake, run) == [("stdout", "interrupted")]
