"""Tables of runs as files, and what is done to many runs at once."""

import csv
import io
from datetime import datetime

import pyarrow.parquet as pq
import pytest

from sweeps_app.models import Run
from sweeps_app.services.ingest import history_append
from tests.api.client import problems
from tests.factories import make_run

RUNS = "/projects/ada/demo/runs"


@pytest.fixture
def runs(user):
    values = [
        {"lr": 0.1, "n": 1, "mixed": 1, "opt": "adam", "deep": {"x": True}},
        {"lr": 2, "n": 2**60, "mixed": "a", "opt": "=1+1"},
        {"lr": float("nan"), "n": 3, "mixed": [1, "b"], "opt": "-Infinity"},
    ]
    runs = [make_run(user, name=f"run {i}", config=config, tags=["t", "u"][:i]) for i, config in enumerate(values)]
    history_append(run=runs[0], offset=0, rows=[{"loss": 2.0}, {"loss": 1.0}])
    return runs


COLUMNS = "name,config.lr,config.n,config.mixed,config.opt,config.deep.x,max.loss,tags,created,host"


def _content(api, form, **query):
    answer = api.get(f"{RUNS}.{form}", **query)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content), answer


def test_a_csv_file_has_what_is_shown(api, runs):
    content, answer = _content(api, "csv", columns=COLUMNS, sort="-name", query="not lr = 0.5")
    assert answer["Content-Disposition"] == 'attachment; filename="demo-runs.csv"'
    head, *rows = csv.reader(io.StringIO(content.decode()))
    assert ",".join(head) == COLUMNS.replace("created", "created_at")
    assert [row[:8] for row in rows] == [
        ["run 2", "NaN", "3", '[1, "b"]', "-Infinity", "", "", '["t", "u"]'],
        ["run 1", "2", str(2**60), "a", "'=1+1", "", "", '["t"]'],
        ["run 0", "0.1", "1", "1", "adam", "true", "2.0", ""],
    ]
    assert datetime.fromisoformat(rows[0][8]).utcoffset().total_seconds() == 0


def test_a_parquet_file_has_the_types_of_its_values(api, runs):
    table = pq.read_table(io.BytesIO(_content(api, "parquet", columns=COLUMNS, sort="name")[0]))
    found = table.to_pydict()
    types = {field.name: str(field.type) for field in table.schema}
    assert types == {
        "name": "string",
        "config.lr": "double",
        "config.n": "int64",
        "config.mixed": "string",
        "config.opt": "string",
        "config.deep.x": "bool",
        "max.loss": "double",
        "tags": "list<element: string>",
        "created_at": "timestamp[us, tz=UTC]",
        "host": "double",
    }
    assert table.schema.field("config.mixed").metadata[b"encoding"] == b"json"
    assert (found["config.lr"][:2], str(found["config.lr"][2])) == ([0.1, 2.0], "nan")
    assert found["config.n"] == [1, 2**60, 3]
    assert found["config.mixed"] == ["1", '"a"', '[1, "b"]']
    assert found["config.opt"] == ["adam", "=1+1", "-Infinity"]
    assert found["tags"] == [None, ["t"], ["t", "u"]]


def test_without_columns_a_file_has_all_that_are_known(api, runs, monkeypatch):
    monkeypatch.setattr("sweeps_app.selectors.run_export.BLOCK", 2)
    head, *rows = csv.reader(io.StringIO(_content(api, "csv")[0].decode()))
    assert head[:2] == ["run_id", "name"]
    assert {"config.lr", "config.deep.x", "summary.loss"} <= set(head)
    assert [row[1] for row in rows] == ["run 2", "run 1", "run 0"]


def test_what_makes_no_sense_is_refused_before_anything_is_sent(api, runs):
    for query in ({"query": "lr <"}, {"columns": "what"}, {"sort": "what"}, {"state": "what"}, {"page": 1}):
        answer = api.get(f"{RUNS}.csv", **query)
        assert (answer.status_code, problems(answer)[0][0]) == (400, next(iter(query)))
    assert api.get(f"{RUNS}.xlsx").status_code == 404


def test_many_runs_are_changed_and_stopped(api, stranger, runs):
    ids = [run.run_id for run in runs]
    body = {"run_ids": ids, "add_tags": ["new"], "remove_tags": ["t"], "notes": "n", "hidden": True}
    assert api.post(f"{RUNS}/update", body).json() == {"changed": 3}
    assert api.post(f"{RUNS}/update", body).json() == {"changed": 0}
    assert Run.objects.filter(is_hidden=True, notes="n", tags=["new"]).count() == 2
    assert api.post(f"{RUNS}/stop", {"run_ids": ids[:2]}).json() == {"changed": 2}
    assert problems(api.post(f"{RUNS}/update", {"run_ids": ids, "add_tags": [""]})) == [("add_tags[0]", "blank")]
    assert problems(api.post(f"{RUNS}/update", {"run_ids": ids, "tags": ["x"]})) == [("tags", "unknown_field")]
    assert stranger.post(f"{RUNS}/update", body).status_code == 404
