"""How the end of a run reaches the server: with its last rows, or by itself, and once in any case."""

from datetime import UTC, datetime

import pytest

import sweepdeck
from sweepdeck import _api, _cli, _sender
from tests.sdk.fake import KEY

HISTORY, FINISH = "POST /runs/.*/history", "POST /runs/.*/finish"
UNKNOWN = {"type": "validation_error", "errors": [{"code": "x", "detail": "is not a field", "attr": "finish"}]}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Try again after hundredths of a second, and send at the end alone."""
    monkeypatch.setattr(_api, "LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(_sender, "LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(_sender, "SEND_SECONDS", 30.0)


def _short_run(**options):
    run = sweepdeck.init(**options)
    run.log({"i": 0, "half": 0.5})
    run.summary["best"] = 7
    return run


@pytest.mark.parametrize("text", [False, True])
def test_a_short_run_takes_two_requests(fake, text):
    sweepdeck.login()
    before = len(fake.requests)
    run = _short_run()
    if text:
        run.log({"i": 1, "note": "text"})
    run.finish(exit_code=3)
    assert [line.partition("/uncategorized")[0] for _, line, _ in fake.requests[before:]] == [
        "POST /runs",
        "POST /runs/ada",
    ]
    stored = fake.runs[run.id]
    assert (stored["state"], stored["exit_code"], stored["summary"]["best"]) == ("failed", 3, 7)
    assert [row["i"] for row in fake.rows[run.id]] == [0, 1][: 1 + text]


def test_the_end_comes_after_what_was_printed(fake):
    run = _short_run()
    print("output")
    run.finish()
    order = [line.rpartition("/")[2] for _, line, _ in fake.requests if "/uncategorized/" in line]
    assert order == ["console", "history"]
    assert fake.asked(HISTORY)[-1]["finish"] == {"exit_code": 0}
    assert fake.runs[run.id]["state"] == "finished"


def test_a_run_without_rows_ends_by_itself(fake):
    sweepdeck.init().finish()
    assert fake.asked(FINISH) == [{"exit_code": 0}]


@pytest.mark.parametrize("failure", [{"status": 500}, {"status": 500, "after": True}, {"after": True}])
def test_an_end_whose_answer_is_lost_is_told_again_and_counts_once(fake, failure):
    run = _short_run()
    fake.fail(HISTORY, times=2, **failure)
    run.finish(exit_code=2)
    assert len(fake.rows[run.id]) == 1
    assert (fake.runs[run.id]["state"], fake.runs[run.id]["exit_code"]) == ("failed", 2)


def test_a_server_that_knows_no_end_within_a_batch_gets_it_apart(fake):
    run = _short_run()
    fake.fail(HISTORY, 400, body=UNKNOWN)
    run.finish()
    assert [("finish" in body, len(body["rows"])) for body in fake.asked(HISTORY)] == [(True, 1), (False, 1)]
    assert fake.asked(FINISH) == [{"exit_code": 0}]
    assert len(fake.rows[run.id]) == 1


def test_a_refused_row_costs_neither_the_others_nor_the_end(fake, capsys):
    body = {"type": "x", "errors": [{"code": "x", "detail": "is wrong", "attr": "rows[0].i"}]}
    run = _short_run()
    fake.fail(HISTORY, 400, times=2, body=body)  # as columns, then as JSON
    run.log({"i": 1})
    run.finish()
    assert [row["i"] for row in fake.rows[run.id]] == [1]
    assert fake.runs[run.id]["state"] == "finished"
    assert "is wrong" in capsys.readouterr().err


def test_an_offline_run_keeps_its_times(fake):
    before = datetime.now(UTC)
    run = _short_run(mode="offline")
    run.finish()
    after = datetime.now(UTC)
    assert _cli.main(["sync"]) == 0
    began = datetime.fromisoformat(fake.asked("POST /runs")[0]["started_at"])
    (body,) = fake.asked(HISTORY)
    ended = datetime.fromisoformat(body["finish"]["finished_at"])
    assert before <= began <= ended <= after


def test_the_real_server_takes_the_end_with_the_rows_and_the_times_of_an_offline_run(real, request):
    project = request.node.name[:60]
    with sweepdeck.init(project=project) as run:
        run.log({"i": 0})
    stored = real.get(f"/runs/owner/{project}/{run.id}")
    assert (stored["state"], stored["history_rows"], stored["summary"]) == ("finished", 1, {"i": 0})
    with sweepdeck.init(project=project, mode="offline") as away:
        away.log({"i": 0, "text": "a"})
    meta = away._spool.meta["begin"]["started_at"]
    assert _cli.main(["sync"]) == 0
    stored = real.get(f"/runs/owner/{project}/{away.id}")
    assert stored["state"] == "finished"
    began, ended = (datetime.fromisoformat(stored[name]) for name in ("started_at", "finished_at"))
    assert began == datetime.fromisoformat(meta)
    assert began <= ended < datetime.fromisoformat(stored["created_at"])


def test_the_end_of_a_script_takes_output_of_its_last_moment_along(fake, start_script):
    script = start_script("import sweepdeck\nsweepdeck.init().log({'i': 0})\nprint('last')", fake.url, KEY)
    assert script.end() == 0
    ((_, lines),) = fake.lines.items()
    assert [text for _, _, text in lines] == ["last"]
