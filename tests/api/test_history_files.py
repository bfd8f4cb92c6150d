"""The history of a run as files, and curves of a part of it."""

import io
import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sweeps_app.selectors import export
from tests.api.client import problems
from tests.factories import make_run

ROWS = [{"_step": n, "loss": 1 / (n + 1), **({"acc": n} if n % 2 else {}), "note": f"n{n}"} for n in range(7)]


@pytest.fixture
def path(api, user, monkeypatch):
    """Return the path of a run of seven rows in chunks of three, read a few rows at a time."""
    monkeypatch.setattr(export, "CELLS", 8)
    path = f"/runs/ada/demo/{make_run(user).run_id}"
    for offset in range(0, len(ROWS), 3):
        api.post(f"{path}/history", {"offset": offset, "rows": ROWS[offset : offset + 3]})
    return path


def content(answer):
    """Return the bytes of a file that was sent."""
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    return b"".join(answer.streaming_content)


def test_csv(api, path):
    lines = content(api.get(f"{path}/history.csv")).decode().splitlines()
    assert lines[:3] == ["_step,acc,loss,note", '0,,1.0,"n0"', '1,1,0.5,"n1"']
    assert len(lines) == 8


def test_json_lines(api, path):
    lines = content(api.get(f"{path}/history.jsonl")).splitlines()
    assert [json.loads(line) for line in lines] == ROWS


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_parquet_and_arrow(api, path, form):
    found = io.BytesIO(content(api.get(f"{path}/history.{form}")))
    table = pq.read_table(found) if form == "parquet" else pa.ipc.open_stream(found).read_all()
    assert table.column_names == ["_step", "acc", "loss", "note"]
    assert table.to_pylist() == [{"acc": None} | row for row in ROWS]


def test_a_part_by_steps_and_metrics(api, path):
    part = {"metrics": "acc,loss", "min_step": 2, "max_step": 4}
    assert content(api.get(f"{path}/history.csv", **part)).decode() == (
        f"_step,acc,loss\n2,,{1 / 3}\n3,3,0.25\n4,,0.2\n"
    )
    one = content(api.get(f"{path}/history.jsonl", metrics="acc"))
    assert [json.loads(line)["acc"] for line in one.splitlines()] == [1, 3, 5]
    table = pq.read_table(io.BytesIO(content(api.get(f"{path}/history.parquet", **part))))
    assert table.to_pydict() == {"_step": [2, 3, 4], "acc": [None, 3, None], "loss": [1 / 3, 0.25, 0.2]}


def test_a_run_without_rows_and_a_metric_that_it_lacks(api, user, path):
    empty = f"/runs/ada/demo/{make_run(user).run_id}"
    assert content(api.get(f"{empty}/history.csv")) == b"_step\n"
    assert content(api.get(f"{empty}/history.jsonl")) == b""
    assert pq.read_table(io.BytesIO(content(api.get(f"{empty}/history.parquet")))).column_names == ["_step"]
    assert content(api.get(f"{path}/history.csv", metrics="none")) == b"_step,none\n"


def test_system_metrics_are_files_too(api, path):
    api.post(f"{path}/system", {"offset": 0, "rows": [{"cpu": 1.5}]})
    assert content(api.get(f"{path}/system.csv")) == b"_step,cpu\n0,1.5\n"


@pytest.mark.parametrize("accept", ["*/*", "text/csv", "text/html", "application/json"])
def test_files_come_whatever_a_client_says_that_it_accepts(api, path, accept):
    assert content(api.get(f"{path}/history.csv", headers={"Accept": accept}))


def test_errors_are_json(api, path):
    assert problems(api.get(f"{path}/history.csv", min_step="x")) == [("min_step", "invalid")]
    assert api.get(f"{path}/history.xlsx").status_code == 404
    assert api.get(f"{path}x/history.csv", headers={"Accept": "text/csv"}).json()["type"] == "client_error"


def test_a_curve_of_a_part_never_loses_a_spike(api, user):
    path = f"/runs/ada/demo/{make_run(user).run_id}"
    values = np.sin(np.arange(9_000) / 50)
    values[[4_321, 8_000]] = 99, -99
    for offset in range(0, 9_000, 3_000):
        rows = [{"x": value} for value in values[offset : offset + 3_000].tolist()]
        api.post(f"{path}/history", {"offset": offset, "rows": rows})
    part = api.get(f"{path}/curve", metric="x", min_step=4_000, max_step=8_100, buckets=20).json()
    assert len(part["steps"]) <= 2 * 16 + 2
    assert (part["steps"][0], part["steps"][-1]) == (4_000, 8_100)
    points = dict(zip(part["steps"], part["values"], strict=True))
    assert (points[4_321], points[8_000]) == (99, -99)
    assert all(math.isclose(values[step], value) for step, value in points.items())
    whole = api.get(f"{path}/curve", metric="x", buckets=65_536).json()
    assert whole["values"] == values.tolist()
    assert problems(api.get(f"{path}/curve", metric="x", buckets=0)) == [("buckets", "min_value")]
