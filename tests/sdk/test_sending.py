"""What happens when the server fails, refuses, or is away."""

import time

import pytest

import sweepdeck
from sweepdeck import _api, _listener, _sender
from tests.sdk.fake import FakeServer

HISTORY = "POST /runs/.*/history"
FINISH = "POST /runs/.*/finish"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Try again after hundredths of a second."""
    monkeypatch.setattr("sweepdeck._backoff.FIRST_SECONDS", 0.01)
    monkeypatch.setattr(_sender, "SEND_SECONDS", 0.01)


def _logged(run, rows=20):
    for i in range(rows):
        run.log({"i": i})
        time.sleep(0.002)
    run.finish()


def _values(fake, run):
    return [row["i"] for row in fake.rows[run.id]]


def _refusal(attr, detail="is wrong"):
    return {"type": "validation_error", "errors": [{"code": "invalid", "detail": detail, "attr": attr}]}


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408, None])
@pytest.mark.parametrize("after", [False, True])
def test_temporary_failures_lose_and_double_nothing(fake, status, after):
    run = sweepdeck.init()
    fake.fail(HISTORY, status, times=3, after=after)
    fake.fail(FINISH, status, times=2, after=after)
    _logged(run)
    assert _values(fake, run) == list(range(20))
    assert fake.runs[run.id]["state"] == "finished"


def test_a_run_begins_once_however_often_it_is_asked_for(fake):
    fake.fail("POST /runs", None, after=True)
    fake.fail("POST /runs", 503)
    run = sweepdeck.init()
    assert [body["run_id"] for body in fake.asked("POST /runs")] == [run.id] * 3
    assert list(fake.runs) == [run.id]


def test_the_server_is_given_the_time_that_it_asks_for(fake):
    run = sweepdeck.init()
    fake.fail(HISTORY, 429, headers={"Retry-After": "0.3"})
    _logged(run, rows=1)
    times = [at for at, line, _ in fake.requests if "history" in line]
    assert times[1] - times[0] >= 0.3


def test_an_outage_is_said_once_and_so_is_its_end(fake, capsys):
    run = sweepdeck.init()
    fake.fail(HISTORY, 500, times=6)
    _logged(run)
    said = capsys.readouterr().err
    assert said.count("Trying again") == 1
    assert "fault. Trying again" in said
    assert said.count("answers again") == 1


def test_a_server_that_comes_back_on_its_port_gets_everything(fake):
    run = sweepdeck.init()
    run.log({"i": 0})
    fake.wait_for(lambda: fake.rows[run.id])
    fake.close()
    for i in range(1, 50):
        run.log({"i": i})
    time.sleep(0.05)
    successor = FakeServer(port=int(fake.url.rpartition(":")[2]))
    successor.runs, successor.rows = fake.runs, fake.rows
    run.finish()
    successor.close()
    assert _values(fake, run) == list(range(50))


def test_a_server_that_lost_rows_gets_them_again(fake, capsys):
    run = sweepdeck.init()
    run.log({"i": 0})
    fake.wait_for(lambda: fake.rows[run.id])
    fake.rows[run.id].clear()
    run.log({"i": 1})
    run.finish()
    assert _values(fake, run) == [0, 1]
    assert "lost" not in capsys.readouterr().err


def test_a_row_that_the_server_refuses_is_dropped_alone(fake, capsys):
    run = sweepdeck.init()
    # The first refusal, which concerns columns, is answered with the same rows as JSON.
    fake.fail(HISTORY, 400, body=_refusal("columns[1]"))
    fake.fail(HISTORY, 400, body=_refusal("rows[2].i", "is given twice"))
    run.log({"i": 0})
    for i in range(1, 5):
        run.log({"i": i})
    run.finish()
    assert _values(fake, run) == [0, 1, 3, 4]
    said = capsys.readouterr().err
    assert "rows[2].i: is given twice" in said
    assert "1 row of run" in said


def test_a_batch_that_is_refused_as_a_whole_is_dropped_and_later_ones_arrive(fake):
    run = sweepdeck.init()
    fake.fail(HISTORY, 400, times=2, body=_refusal("rows", "bring the run to more than 5,000 metrics"))
    run.log({"i": 0})
    fake.wait_for(lambda: len(fake.asked(HISTORY)) == 2)
    run.log({"i": 1})
    run.finish()
    assert _values(fake, run) == [1]


def test_a_body_that_is_too_large_is_sent_in_halves(fake):
    run = sweepdeck.init()
    fake.fail(HISTORY, 413, times=3)
    for i in range(50):
        run.log({"i": i})
    run.finish()
    assert _values(fake, run) == list(range(50))
    sizes = [len(body["rows"]) for body in fake.asked(HISTORY)]
    assert max(sizes[3:]) < max(sizes[:3])


@pytest.mark.parametrize(("status", "columns"), [(400, [True, False, True]), (415, [True, False, False])])
def test_columns_that_are_refused_go_as_rows_and_those_that_nobody_knows_never_again(fake, status, columns):
    run = sweepdeck.init()
    fake.fail(HISTORY, status)
    run.log({"i": 0})
    fake.wait_for(lambda: fake.rows[run.id])
    run.log({"i": 1})
    run.finish()
    assert _values(fake, run) == [0, 1]
    assert [body.get("is_columns", False) for body in fake.asked(HISTORY)] == columns


def test_a_single_row_that_is_too_large_for_the_server_is_dropped(fake):
    run = sweepdeck.init()
    fake.fail(HISTORY, 413, times=1)
    run.log({"i": 0})
    fake.wait_for(lambda: len(fake.asked(HISTORY)) == 1)
    run.log({"i": 1})
    run.finish()
    assert _values(fake, run) == [1]


def test_refused_summary_and_config_are_dropped_and_the_run_ends_well(fake, capsys):
    run = sweepdeck.init()
    fake.fail("PATCH /runs/.*", 400, body=_refusal("config"))
    fake.fail(HISTORY, 400, body=_refusal("summary"))
    run.config.bad = 1
    run.summary["bad"] = 2
    fake.wait_for(lambda: fake.asked(HISTORY))
    run.log({"i": 0})
    run.finish()
    assert _values(fake, run) == [0]
    assert "bad" not in fake.runs[run.id]["config"] | fake.runs[run.id]["summary"]
    assert fake.runs[run.id]["state"] == "finished"
    assert "changes of bad" in capsys.readouterr().err


def test_an_end_that_is_refused_is_told_in_short(fake, capsys):
    run = sweepdeck.init()
    fake.fail(FINISH, 400, body=_refusal("error"))
    run.finish(exit_code=3)
    assert (fake.runs[run.id]["state"], fake.runs[run.id]["exit_code"]) == ("failed", 3)
    assert "refused what was said of the run's end" in capsys.readouterr().err


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_run_that_the_server_no_longer_takes_is_given_up_without_harm(fake, status, capsys):
    run = sweepdeck.init()
    fake.fail(HISTORY, status, times=99)
    run.log({"i": 0})
    fake.wait_for(lambda: run._sender.done.is_set())
    run.log({"i": 1})
    run.finish()
    said = capsys.readouterr().err
    assert "no longer takes data of this run" in said
    assert len(fake.asked(HISTORY)) == 1


def test_another_process_that_logs_to_the_same_run_is_noticed(fake, capsys):
    run = sweepdeck.init()
    run.log({"i": 0})
    fake.wait_for(lambda: fake.rows[run.id])
    fake.rows[run.id] += [{"i": 100, "_step": 1}, {"i": 101, "_step": 2}]
    run.log({"i": 1})
    fake.wait_for(lambda: "another process" in capsys.readouterr().err)
    run.log({"i": 2})
    run.finish()
    assert _values(fake, run)[-1] == 2


def test_rows_that_another_process_was_first_to_log_are_missed(fake, capsys):
    """As many as this one has: nothing but what the server skips tells that they are not its own."""
    run = sweepdeck.init()
    fake.rows[run.id] += [{"i": 100, "_step": 0}]
    run.log({"i": 0})
    fake.wait_for(lambda: "another process" in capsys.readouterr().err)
    run.finish()


def test_rows_that_are_sent_again_are_not_taken_for_those_of_others(fake, capsys):
    run = sweepdeck.init()
    fake.fail(HISTORY, None, times=2, after=True)
    for i in range(5):
        run.log({"i": i})
        time.sleep(0.02)
    run.finish()
    assert _values(fake, run) == list(range(5))
    assert "another process" not in capsys.readouterr().err


def test_the_end_waits_no_longer_than_allowed(fake, monkeypatch, capsys):
    monkeypatch.setenv("SWEEPDECK_FINISH_TIMEOUT", "0.2")
    run = sweepdeck.init()
    fake.fail(".*", 500, times=10**6)
    run.log({"i": 0})
    run.finish()
    assert "waits with 1 row; send it by: sweepdeck sync /" in capsys.readouterr().err
    assert run.is_over


@pytest.fixture
def quick(monkeypatch):
    """A run is old enough for a thread that listens, and who does not hold answers back is asked again at once."""
    monkeypatch.setattr(_sender, "YOUNG_SECONDS", 0.0)
    monkeypatch.setattr(_listener, "PAUSE_SECONDS", 0.02)


def test_an_older_run_leaves_one_question_with_the_server(fake, quick):
    run = sweepdeck.init()
    fake.wait_for(lambda: len(fake.asked("POST /runs/.*/heartbeat")) > 3)
    run.finish()
    assert {body["wait"] for body in fake.asked("POST /runs/.*/heartbeat")} == {_listener.WAIT_SECONDS}
    fake.wait_for(lambda: not run._sender._listener.is_listening)


def test_an_older_run_is_interrupted_by_the_answer(fake, quick):
    run = sweepdeck.init()
    fake.wait_for(lambda: fake.asked("POST /runs/.*/heartbeat"))
    fake.runs[run.id]["stop"] = True
    with pytest.raises(KeyboardInterrupt):
        time.sleep(10)
    run.finish(exit_code=1)


def test_listening_goes_on_after_an_outage_and_ends_with_a_refusal(fake, quick, monkeypatch):
    monkeypatch.setattr("sweepdeck._backoff.FIRST_SECONDS", 0.01)
    fake.fail("POST /runs/.*/heartbeat", 503, times=3)
    run = sweepdeck.init()
    fake.wait_for(lambda: len(fake.asked("POST /runs/.*/heartbeat")) > 5)
    fake.fail("POST /runs/.*/heartbeat", 404)
    fake.wait_for(lambda: not run._sender._listener.is_listening)
    monkeypatch.setattr(_sender, "HEARTBEAT", 0.0)
    count = len(fake.asked("POST /runs/.*/heartbeat"))
    fake.wait_for(lambda: len(fake.asked("POST /runs/.*/heartbeat")) > count)
    run.finish()


STALE = {"type": "client_error", "errors": [{"code": "stale_attempt", "detail": "attempt 1 is over", "attr": None}]}


@pytest.mark.parametrize("request_of", ["POST /runs/.*/heartbeat", "POST /runs/.*/history"])
def test_a_run_that_somebody_else_has_is_interrupted(fake, quick, capsys, request_of):
    fake.fail(request_of, 409, times=10**6, body=STALE)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 (whichever line it hits)
        run = sweepdeck.init()
        run.log({"i": 0})
        time.sleep(10)
    run.finish()
    assert "is being stopped" in capsys.readouterr().err


def test_an_answer_that_nobody_expects_is_said_and_the_script_goes_on(fake, monkeypatch, capsys):
    monkeypatch.setattr(
        _sender.Sender, "_check_alone", lambda self, channel, batch, answer, tried: answer["no such key"]
    )
    run = sweepdeck.init()
    run.log({"i": 0})
    run.finish()
    assert "sending has failed (KeyError" in capsys.readouterr().err
    assert run.is_over


def test_a_call_is_tried_until_its_time_is_up(fake):
    client = _api.Client(fake.url, "k" * 43)
    fake.fail("GET /me", 503, times=2)
    assert client.call("GET", "/me", seconds=5)["user"] == "ada"
    fake.fail("GET /me", 503, times=10**6)
    with pytest.raises(sweepdeck.ApiError) as caught:
        client.call("GET", "/me", seconds=0.1)
    assert caught.value.status == 503


@pytest.mark.parametrize("row", [{"i": 0.5}, {"i": "text"}])
def test_large_bodies_are_compressed_on_their_way_to_another_machine(fake, monkeypatch, row):
    lengths = []
    compress = _api.gzip.compress
    monkeypatch.setattr(_api, "_NEAR", frozenset())
    monkeypatch.setattr(_api.gzip, "compress", lambda data, level: lengths.append(len(data)) or compress(data, level))
    run = sweepdeck.init()
    for _ in range(2000):
        run.log(row)
    run.finish()
    assert _values(fake, run) == [row["i"]] * 2000
    assert lengths
    assert min(lengths) >= _api.COMPRESS_BYTES


def test_an_answer_that_is_not_the_servers_is_explained(fake):
    client = _api.Client(fake.url, "k" * 43)
    fake.fail("GET /me", 302, body={})
    with pytest.raises(sweepdeck.CommError, match="redirect"):
        client.call("GET", "/me")
    fake.fail("GET /me", 200, body="a text")
    with pytest.raises(sweepdeck.CommError, match="does not answer like a Sweepdeck server"):
        client.call("GET", "/me")
