"""Columns as charts get them: exact, small, and as tables that people can read."""

import base64
import math

import numpy as np

from dashboard.charts.columns import column_json
from dashboard.charts.distribution import distribution_data, distribution_json, distribution_table
from dashboard.charts.parallel import (
    MAX_ASIDE,
    MAX_PARAMETERS,
    ParallelData,
    parallel_json,
    parallel_keys,
    parallel_table,
)
from dashboard.charts.scatter import scatter_table
from sweeps_app.selectors.chart_columns import MAX_COLUMNS, ChartColumn, Choice
from sweeps_app.selectors.run_columns import RunColumns

LR = ChartColumn("config.lr", "lr", "number", True, np.array([0.1, 0.01, 0.2]))
KIND = ChartColumn("config.kind", "kind", "category", False, np.array([1.0, 0.0, np.nan]), ("a", "b"))
LOSS = ChartColumn("objective", "loss", "number", False, np.array([1.0, np.nan, 3.0]))
CHOICES = [Choice("objective", "loss", "Metrics"), Choice("summary.acc", "acc", "Metrics")]
RUNS = RunColumns(
    ids=["r0", "r1", "r2"],
    names=["run 0", "run 1", "run 2"],
    states=["finished", "failed", "finished"],
    objectives=LOSS.values,
    times=np.empty(0),
    configs=[],
    total=9,
)


def _decoded(found):
    return np.frombuffer(base64.b64decode(found["values"]), found["type"])


def test_parallel_coordinates_get_columns():
    data = ParallelData(RUNS, [LR, KIND, LOSS], {"objective": "minimize"}, CHOICES)
    found = parallel_json(data, run_prefix="/me/demo/runs/")
    lr, kind, loss = found["axes"]
    assert _decoded(lr).tolist() == [0.1, 0.01, 0.2]
    assert (lr["kind"], lr["log"], lr["label"], lr["metric"]) == ("number", True, "lr", False)
    assert (kind["labels"], _decoded(kind).tolist()) == (["a", "b"], [1, 0, 255])
    np.testing.assert_array_equal(_decoded(loss), [1.0, np.nan, 3.0])
    assert (loss["type"], loss["goal"], loss["aside"]) == ("f4", "minimize", False)
    assert found["color"] == {"name": "objective", "goal": "minimize"}
    assert (found["shown"], found["total"], found["runs"]["prefix"]) == (3, 9, "/me/demo/runs/")
    assert _decoded(found["runs"]["state"]).tolist() == [1, 0, 1]


def test_a_sweep_without_a_metric_has_parallel_coordinates_too():
    assert parallel_json(ParallelData(RUNS, [LR, KIND], {}, []), run_prefix="/")["color"] is None


def test_other_metrics_stand_aside_and_are_few():
    choices = [*CHOICES, *(Choice(f"summary.m{i}", f"m{i}", "Metrics") for i in range(9))]
    assert parallel_keys(choices, {"objective": "minimize"}) == ["objective", "summary.acc", "summary.m0", "summary.m1"]


def test_a_sweep_of_many_parameters_begins_with_some_of_them():
    choices = [Choice("objective", "loss", "Metrics"), *(Choice(f"config.p{i}", f"p{i}", "Config") for i in range(300))]
    found = parallel_keys(choices, {"objective": "minimize"})
    assert found == [*(f"config.p{i}" for i in range(MAX_PARAMETERS)), "objective"]
    assert len(found) + MAX_ASIDE < MAX_COLUMNS


def test_a_column_is_as_small_as_it_can_be_without_loss():
    values = np.array([0.1, math.pi, 1e300, np.nan])
    np.testing.assert_array_equal(_decoded(column_json(LR._replace(values=values))), values)
    many = KIND._replace(values=np.array([300.0, np.nan]), labels=tuple(map(str, range(301))))
    assert _decoded(column_json(many)).tolist() == [300, 65535]
    empty = column_json(KIND._replace(values=np.array([]), labels=()))
    assert (empty["type"], empty["values"]) == ("u1", "")


def test_tables_name_categories_and_leave_out_what_is_missing():
    table = parallel_table(ParallelData(RUNS, [LR, KIND, LOSS], {}, []))
    assert table.header == ["run", "name", "state", "lr", "kind", "loss"]
    assert list(table.rows)[1:] == [
        ("r1", "run 1", "failed", 0.01, "a", None),
        ("r2", "run 2", "finished", 0.2, None, 3.0),
    ]
    points = scatter_table(RUNS, [LR, LOSS], {"r2"})
    assert list(points.rows) == [
        ["r0", "run 0", "finished", 0.1, 1.0, False],
        ["r2", "run 2", "finished", 0.2, 3.0, True],
    ]


def test_bars_stand_for_values_or_categories():
    layers = LR._replace(label="layers", values=np.array([4.0, 2.0, 8.0]))
    by_kind = distribution_data(RUNS, layers, KIND, log=False)
    assert distribution_json(by_kind, log=False)["values"] == [2, 4, 8]
    table = distribution_table(by_kind, {"r0"})
    assert table.header == ["layers", "runs", "kind a", "kind b", "selected"]
    assert list(table.rows) == [[2, 1, 1, 0, 0], [4, 1, 0, 1, 1], [8, 1, 0, 0, 0]]
    kinds = KIND._replace(values=np.array([1.0, 0.0, 1.0]))
    assert distribution_json(distribution_data(RUNS, kinds, None, log=True), log=True)["order"] == [1, 0]
    measured = distribution_table(distribution_data(RUNS, LR, None, log=False), None)
    assert measured.header == ["from", "to", "runs"]
    many = LOSS._replace(values=np.linspace(0, 1, 100))
    spread = distribution_table(distribution_data(RUNS, many, None, log=False), None)
    assert spread.header == ["from", "to", "runs"]
    assert sum(row[2] for row in spread.rows) == 100
