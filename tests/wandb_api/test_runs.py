"""Runs from their start to their end: the requests of the client, and what the services made of them."""

import gzip
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app.models import Run, RunAlert, UnservedRequest, WandbRun
from sweeps_app.services.runs import run_stop

pytestmark = pytest.mark.django_db

META = {"t": {"1": [1]}, "cli_version": "0.31.0"}


def _config(**values):
    return json.dumps({name: {"value": value} for name, value in values.items()} | {"_wandb": {"value": META}})


def begin(wandb, run_id="r1", host="node", **more):
    """Start a run as `wandb.init` does; return what the server says of it."""
    config = more.pop("config", _config(lr=0.1))
    return wandb.data("UpsertBucket", name=run_id, project="demo", entity=None, host=host, config=config, **more)[
        "upsertBucket"
    ]


def history(*rows, offset=0):
    """Return a part of the file stream with these rows of history."""
    return {"wandb-history.jsonl": {"offset": offset, "content": [json.dumps(row) for row in rows]}}


def done(code=0):
    return {"complete": True, "exitcode": code}


def _run(run_id="r1"):
    return Run.objects.get(run_id=run_id)


def test_a_run_starts_in_the_entity_of_the_key_and_looks_like_any_other(wandb):
    started = begin(wandb, displayName="first", tags=["a"], notes="n", groupName="g", jobType="train", program="t.py")
    bucket = started["bucket"]
    assert started["inserted"]
    assert bucket["project"] == {"id": bucket["project"]["id"], "name": "demo", "entity": bucket["project"]["entity"]}
    assert bucket["project"]["entity"]["name"] == "ada"
    run = _run()
    assert (run.state, run.name, run.tags, run.notes, run.group) == ("running", "first", ["a"], "n", "g")
    assert (run.job_type, run.program, run.host, run.config) == ("train", "t.py", "node", {"lr": 0.1})
    wandb.data("UpsertBucket", name="r1", project="demo", entity="ada", config=_config(lr=0.1, late=5))
    assert _run().config == {"lr": 0.1, "late": 5}


def test_lines_are_stored_once_however_often_they_come(wandb):
    begin(wandb)
    first = {"files": history({"_step": 0, "loss": 1.0}, {"_step": 1, "loss": float("nan")})}
    more = {"files": history({"_step": 1, "loss": float("nan")}, {"_step": 2, "loss": 0.5}, offset=1)}
    for body in (first, first, more, more, first):
        assert wandb.stream("r1", body).json() == {"exitcode": None, "limits": {}}
    run = _run()
    assert (run.history_rows, run.last_step, run.summary["loss"]) == (3, 2, 0.5)
    rows = wandb.data("HistoryPage", entity="ada", project="demo", run="r1", minStep=0, maxStep=2, pageSize=10)
    assert [json.loads(row) for row in rows["project"]["run"]["history"]] == [
        {"_step": 0, "loss": 1.0},
        {"_step": 1, "loss": "NaN"},
    ]


def test_a_line_that_cannot_be_stored_keeps_its_place_and_is_counted(wandb):
    begin(wandb)
    lines = [json.dumps({"_step": 0, "a": 1}), "{", json.dumps({"_step": 2, "": 1}), json.dumps({"_step": 3, "a": 4})]
    wandb.stream("r1", {"files": {"wandb-history.jsonl": {"offset": 0, "content": lines}}})
    wandb.stream("r1", {"files": history({"_step": 6, "a": 7}, offset=6)})
    assert (_run().history_rows, _run().summary["a"]) == (7, 7)
    assert UnservedRequest.objects.get(subject="a line of the file stream").count == 2
    assert wandb.stream("r1", {"files": history({"a": 1}, offset=10**9)}).status_code == 400


def test_a_long_history_comes_in_at_once(wandb):
    begin(wandb)
    rows = [{"_step": step, "loss": step / 2} for step in range(12_000)]
    assert wandb.stream("r1", {"files": history(*rows), **done()}).status_code == 200
    assert (_run().history_rows, _run().state) == (12_000, "finished")


def test_the_summary_has_what_was_defined_under_the_name_of_the_metric(wandb):
    begin(wandb)
    summary = {"loss": {"min": 0.1}, "top": {"last": 1, "max": 3}, "in": {"a": 2}, "_wandb": {"runtime": 3}, "_step": 9}
    files = history({"_step": 9, "loss": 5, "top": 1}) | {
        "wandb-summary.json": {"offset": 0, "content": [json.dumps(summary)]}
    }
    wandb.stream("r1", {"files": files, **done()})
    assert _run().summary == {"loss": 0.1, "loss.min": 0.1, "top": 3, "top.last": 1, "top.max": 3, "in.a": 2}
    told = wandb.data("RunResumeStatus", project="demo", entity=None, name="r1")["model"]["bucket"]
    shown = json.loads(told["summaryMetrics"])
    assert (shown["loss"], shown["top"], shown["in"]) == ({"min": 0.1}, {"last": 1, "max": 3}, {"a": 2})
    assert shown["_step"] == 9


@pytest.mark.parametrize(
    ("code", "asked", "state"),
    [(0, False, "finished"), (1, False, "failed"), (255, False, "killed"), (-15, False, "killed"), (1, True, "killed")],
)
def test_how_a_run_ends(wandb, code, asked, state):
    begin(wandb)
    if asked:
        run_stop(run=_run())
        assert wandb.stream("r1", {}).json()["stopped"] is True
    wandb.stream("r1", done(code))
    assert (_run().state, _run().exit_code) == (state, code)
    wandb.stream("r1", done(0))
    assert _run().state == state


def test_a_run_that_is_preempted(wandb):
    begin(wandb)
    wandb.stream("r1", {"preempting": True})
    wandb.stream("r1", done(1))
    assert _run().state == "preempted"


def test_output_is_kept_by_line_and_a_progress_bar_is_one_line(wandb):
    begin(wandb)

    def printed(offset, *lines):
        content = [f"{kind}2026-11-24T00:43:14.633343 {text}" for kind, text in lines]
        return wandb.stream("r1", {"files": {"output.log": {"offset": offset, "content": content}}})

    printed(0, ("", "epoch 1"), ("ERROR ", "10%"))
    printed(1, ("ERROR ", "90%"), ("", "done"))
    printed(4, ("", "later"))
    page = wandb.data("RunConsoleLogPage", entity="ada", project="demo", runName="r1", first=10)["project"]["run"]
    lines = [(edge["node"]["line"], edge["node"]["level"]) for edge in page["logLines"]["edges"]]
    expected = [("epoch 1", "info"), ("90%", "error"), ("done", "info"), ("", "info"), ("later", "info")]
    assert lines == expected
    assert page["logLines"]["edges"][0]["node"]["timestamp"] == "2026-11-24T00:43:14.633343Z"


def test_measurements_are_those_of_our_own_client(wandb):
    begin(wandb)
    row = {"system.cpu": 12.5, "system.gpu.0.gpu": 50, "system.proc.memory.rssMB": 512, "system.disk.sda.in": 1}
    sample = json.dumps(row | {"_timestamp": 5.0, "_runtime": 1.0, "_wandb": True})
    wandb.stream("r1", {"files": {"wandb-events.jsonl": {"offset": 0, "content": [sample]}}})
    names = set(_run().system_metrics.values_list("name", flat=True))
    assert names == {"process.cpu", "gpu.0", "process.memory_gb", "disk.sda.in", "_timestamp", "_runtime"}
    query = '{ project(name: "demo") { run(name: "r1") { events(samples: 10) systemMetrics } } }'
    told = wandb.query(query).json()["data"]["project"]["run"]
    assert json.loads(told["events"][0]) == row | {"_timestamp": 5.0, "_runtime": 1.0}
    assert json.loads(told["systemMetrics"])["system.cpu"] == 12.5


def test_what_there_is_to_go_on_from(wandb):
    assert wandb.data("RunResumeStatus", project="demo", entity=None, name="r1") == {"model": None}
    begin(wandb)
    wandb.stream("r1", {"files": history({"_step": 0, "a": 1}, {"_step": 7, "a": 2}), **done()})
    told = wandb.data("RunResumeStatus", project="demo", entity="ada", name="r1")["model"]["bucket"]
    assert json.loads(told["wandbConfig"]) == {"t": META["t"]}
    assert json.loads(json.loads(told["historyTail"])[-1]) == {"_step": 7, "a": 2}
    assert (told["historyLineCount"], told["eventsTail"]) == (2, "[]")
    again = wandb.data("UpsertBucket", id=told["id"], name="r1", project="demo", host="node", config=_config(b=1))
    assert again["upsertBucket"]["bucket"]["historyLineCount"] == 2
    assert (_run().state, _run().history_rows) == ("running", 2)


def test_the_same_id_without_asking_begins_anew(wandb):
    begin(wandb)
    wandb.stream("r1", {"files": history({"_step": 0, "a": 1}), **done()})
    assert begin(wandb, config=_config(new=1))["bucket"]["historyLineCount"] == 0
    run = _run()
    assert (run.state, run.history_rows, run.summary, run.config) == ("running", 0, {}, {"new": 1})


def test_a_question_long_ago_resumes_nothing(wandb):
    begin(wandb)
    wandb.stream("r1", {"files": history({"_step": 0, "a": 1}), **done()})
    wandb.data("RunResumeStatus", project="demo", entity="ada", name="r1")
    WandbRun.objects.update(resume_asked_at=timezone.now() - timedelta(hours=1))
    assert begin(wandb)["bucket"]["historyLineCount"] == 0


def test_a_change_of_a_run_that_has_ended_leaves_it_so(wandb):
    bucket = begin(wandb)["bucket"]
    wandb.stream("r1", done())
    changed = wandb.data("UpsertBucket", id=bucket["id"], displayName="renamed", summaryMetrics='{"best": 3}')
    assert changed["upsertBucket"]["bucket"]["displayName"] == "renamed"
    assert (_run().state, _run().summary) == ("finished", {"best": 3})


def test_a_process_that_was_killed_loses_nothing_of_what_it_had_sent(wandb):
    begin(wandb)
    wandb.stream("r1", {"files": history({"_step": 0, "a": 1})})
    assert begin(wandb)["bucket"]["historyLineCount"] == 1


def test_an_alert_is_kept_once_within_its_time(wandb):
    begin(wandb)
    alert = {"entityName": "ada", "projectName": "demo", "runName": "r1", "title": "Look", "text": "here"}
    for success in (True, False):
        told = wandb.data("NotifyScriptableRunAlert", **alert, severity="WARN", waitDuration=60_000)
        assert told["notifyScriptableRunAlert"]["success"] is success
    kept = RunAlert.objects.get()
    assert (kept.title, kept.text, kept.level) == ("Look", "here", "warning")


def test_a_run_whose_artifact_is_refused_says_so_on_its_page(wandb):
    begin(wandb)
    place = {"entityName": "ada", "projectName": "demo", "runName": "r1"}
    for kind, run in (("run_table", "r1"), ("model", "r1"), ("model", "r1"), ("model", "nonesuch")):
        artifact = place | {"artifactTypeName": kind, "artifactCollectionName": "weights", "runName": run}
        assert wandb.ask("CreateArtifact", input=artifact).status_code == 400
    assert wandb.ask("CreateArtifact", input=[]).status_code == 400
    assert "'weights'" in RunAlert.objects.get().text
    RunAlert.objects.all().delete()
    old = "mutation CreateArtifact($runName: String) { createArtifact(input: {runName: $runName}) { artifact { id } } }"
    told = place | {"artifactTypeName": "model", "artifactCollectionNames": ["older"], "runName": "r1"}
    assert wandb.query(old, **told).status_code == 400
    assert "'older'" in RunAlert.objects.get().text


def test_a_deleted_run_ends_the_stream(wandb):
    bucket = begin(wandb)["bucket"]
    delete = "mutation D($id: ID!) { deleteRun(input: {id: $id}) { clientMutationId } }"
    assert wandb.query(delete, id=bucket["id"]).status_code == 200
    assert wandb.stream("r1", done()).status_code == 404
    assert wandb.query(delete, id=bucket["id"]).status_code == 404
    assert wandb.query(delete, id="nonsense").status_code == 400


def test_a_stream_that_is_compressed_or_wrong(wandb):

    begin(wandb)
    body = gzip.compress(json.dumps({"files": history({"a": 1})}).encode())
    assert wandb.stream("r1", body, **{"Content-Encoding": "gzip"}).status_code == 200
    assert _run().history_rows == 1
    for wrong in (
        {"files": {"wandb-history.jsonl": {"offset": -1, "content": ["{}"]}}},
        {"files": {"output.log": {"offset": 0, "content": [1]}}},
        {"complete": True, "exitcode": "x"},
    ):
        assert wandb.stream("r1", wrong).status_code == 400
    assert _run().state == "running"


def test_the_old_client_tells_its_processes_apart(wandb):
    mark = json.dumps({"_wandb": {"value": META | {"start_time": 1}}})
    other = json.dumps({"_wandb": {"value": META | {"start_time": 2}}})
    begin(wandb, config=mark)
    wandb.stream("r1", {"files": history({"_step": 0, "a": 1})})
    assert begin(wandb, config=mark, displayName="renamed")["bucket"]["historyLineCount"] == 1
    assert begin(wandb, config=other)["bucket"]["historyLineCount"] == 0
