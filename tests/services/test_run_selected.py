"""The runs of a selection, as the database finds them."""

import json

import pytest

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run
from sweeps_app.query.selection import read_selection
from sweeps_app.selectors.chart_columns import chart_columns, column_choices
from sweeps_app.selectors.run_columns import run_columns
from sweeps_app.selectors.run_selected import selected_runs
from tests.factories import make_sweep, make_user
from tests.unit.query.test_selection import CASES

CONFIG = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": -1.0, "max": 1.0}, "optimizer": {"values": ["adam", "sgd", "1", 1, [1, 2], True]}},
}


@pytest.fixture
def sweep(db):
    sweep = make_sweep(make_user("owner"), CONFIG)
    for run in CASES["runs"]:
        config = {name: run[name] for name in ("lr", "optimizer") if name in run}
        summary = {} if run["loss"] is None else {"loss": run["loss"]}
        place = {"project_id": sweep.project_id, "sweep": sweep, "run_id": run["id"]}
        Run.objects.create(**place, config=config, summary=summary, objective=run["loss"], state="finished")
    return sweep


def _found(sweep, clauses):
    runs = selected_runs(sweep, read_selection(json.dumps(clauses) if clauses else ""))
    return "".join(sorted(runs.values_list("run_id", flat=True)))


def test_the_database_selects_what_the_cases_say(sweep):
    found = {name: _found(sweep, clauses) for name, clauses, _ in CASES["cases"]}
    assert found == {name: ids for name, _, ids in CASES["cases"]}


def test_fields_and_the_order_are_columns_too(sweep):
    Run.objects.filter(run_id="b").update(state="failed", host="node1")
    assert _found(sweep, [{"category": "state", "in": ["failed"]}]) == "b"
    assert _found(sweep, [{"category": "host", "in": [None]}]) == "acdefgh"
    assert _found(sweep, [{"number": "order", "in": [[None, 2], [8, None]]}]) == "abh"
    assert _found(sweep, [{"number": "created_at", "in": [[0, None]]}]) == "abcdefgh"
    assert _found(sweep, [{"number": "runtime", "in": [None]}]) == "abcdefgh"
    over = {"lasso": ["order", "created_at"], "points": [[2.5, 0], [4.5, 0], [4.5, 1e11], [2.5, 1e11]]}
    assert _found(sweep, [over]) == "cd"
    states = {"lasso": ["state", "order"], "labels": [["failed"], None], "points": [[-1, 0], [1, 0], [1, 9], [-1, 9]]}
    assert _found(sweep, [states]) == "b"


def test_a_filter_that_cannot_be_read_is_refused(sweep):
    with pytest.raises(InvalidInput, match=r"sel: its filter cannot be read"):
        _found(sweep, [{"filter": "lr <"}])
    assert _found(sweep, [{"filter": "created > 1h ago and (lr = 0.1 or loss = 0)"}]) == "cf"


def test_a_column_that_there_is_not_is_refused(sweep):
    with pytest.raises(InvalidInput, match=r"sel: 'best.acc'"):
        _found(sweep, [{"number": "best.acc", "in": [[0, 1]]}])
    with pytest.raises(InvalidInput, match="must name the categories of state"):
        _found(sweep, [{"lasso": ["state", "order"], "points": [[0, 0], [1, 0], [1, 1]]}])


def test_charts_have_the_newest_of_the_selected_runs(sweep):
    selection = read_selection('[{"number": "objective", "in": [[0.5, null]]}]')
    columns = run_columns(sweep, limit=3, among=selected_runs(sweep, selection))
    assert (columns.ids, columns.total) == (["e", "g", "h"], 8)


def test_any_column_becomes_numbers(sweep):
    Run.objects.filter(run_id="b").update(is_hidden=True)
    keys = ["config.lr", "config.optimizer", "summary.loss", "objective", "state", "order", "created_at", "min.loss"]
    runs, found = chart_columns(sweep, keys, limit=10)
    by_key = {column.key: column for column in found}
    assert runs.ids == list("acdefgh")
    assert by_key["objective"].label == "loss"
    assert by_key["order"].values.tolist() == [1, 3, 4, 5, 6, 7, 8]
    assert by_key["state"].labels == ("finished",)
    assert by_key["created_at"].kind == "time"
    assert by_key["config.optimizer"].labels[0] == "1"
    assert by_key["summary.loss"].values[1] != by_key["summary.loss"].values[1]
    assert "min.loss" in {choice.key for choice in column_choices(sweep)}
    with pytest.raises(InvalidInput, match="keys: 'tags' is no column of charts"):
        chart_columns(sweep, ["tags"], limit=1)
