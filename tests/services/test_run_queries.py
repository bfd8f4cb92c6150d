"""Queries over runs: the same runs on either database, whatever a config holds."""

from datetime import UTC, datetime, timedelta

import pytest

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run
from sweeps_app.selectors.run_scope import project_scope, sweep_scope
from sweeps_app.selectors.runs import RunQuery, query_read, run_page
from sweeps_app.services.ingest import history_append
from sweeps_app.services.runs import run_finish
from tests.factories import ask, make_agent, make_run, make_sweep, make_user, start

MIXED = {
    "one": 1,
    "one.0": 1.0,
    "half": 0.5,
    "big": 10**20,
    "true": True,
    "text": "1",
    "word": "Adam",
    "ünï": "ÄB",
    "nan": float("nan"),
    "inf": float("inf"),
    "-inf": float("-inf"),
    "null": None,
    "list": [1, "1", True, "b"],
    "object": {"deep": 1},
}


@pytest.fixture
def mixed(db):
    """Runs whose config has a value of each type under `k`, and one without."""
    user = make_user("ada")
    runs = [make_run(user, name=name, config={"k": value}) for name, value in MIXED.items()]
    make_run(user, name="none")
    return project_scope(runs[0].project)


def _names(scope, query, sort="created_at"):
    page = run_page(scope, RunQuery(query=query, sort=sort, page_size=100))
    assert page.count == len(page.runs)
    return [run.name for run in page.runs]


MIXED_FOUND = {
    "k = 1": ["one", "one.0"],
    "k = 1.0": ["one", "one.0"],
    "k = true": ["true"],
    'k = "1"': ["text"],
    "k = adam": [],
    "k ~ ADA": ["word"],
    "k = ÄB": ["ünï"],
    "k = nan": ["nan"],
    "k = inf": ["inf"],
    "k < 1": ["half", "-inf"],
    "k >= 1": ["one", "one.0", "big", "inf"],
    "k > 1e19 and k < inf": ["big"],
    'k > "1" and k < "B"': ["word"],
    "k in (0.5, true, Adam, nan)": ["half", "true", "word", "nan"],
    "k contains b": ["ünï", "list"],
    'k contains "1"': ["text", "list"],
    "k contains 1": ["list"],
    "k contains 1.5": [],
    "k contains true": ["list"],
    "k contains false": [],
    "k is null": ["null", "none"],
    "k.deep = 1": ["object"],
    "config.absent = 1": [],
    "not (k < 100) and not k is null": ["big", "true", "text", "word", "ünï", "nan", "inf", "list", "object"],
    "k != 1 and k < 1": ["half", "-inf"],
}


def test_values_of_mixed_types(mixed):
    assert {query: sorted(_names(mixed, query)) for query in MIXED_FOUND} == {
        query: sorted(found) for query, found in MIXED_FOUND.items()
    }


def test_not_gives_exactly_the_other_runs(mixed):
    every = set(_names(mixed, ""))
    for query in ("k = 1", "k < 1", "k ~ a", "k is null", "k in (1, nan)", "host = x", "runtime < 1h"):
        assert set(_names(mixed, f"not ({query})")) == every - set(_names(mixed, query)), query


def test_values_are_sorted_numbers_first_and_missing_last(mixed):
    names = _names(mixed, "", "config.k,name")
    assert names[:9] == ["-inf", "half", "one", "one.0", "big", "inf", "text", "word", "nan"]
    assert names[9:11] == ["ünï", "true"]
    assert _names(mixed, "", "-config.k,name")[:2] == ["inf", "big"]


@pytest.fixture
def fields(db):
    """Three runs that differ in what every run has."""
    user = make_user("ada")
    moment = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for i, name in enumerate(("Alpha", "beta", "Gamma")):
        run = make_run(user, name=name, host=f"node-{i}", tags=[f"t{i}", "all"] if i else [], notes="seen" * i)
        history_append(run=run, offset=0, rows=[{"loss": 3.0 - i}, {"loss": 1.0 + i}])
        if i:
            run_finish(run=run, exit_code=i - 1)
        times = {"created_at": moment + timedelta(days=i), "started_at": moment + timedelta(days=i)}
        Run.objects.filter(pk=run.pk).update(**times, finished_at=moment + timedelta(days=i, hours=i) if i else None)
    return project_scope(run.project)


FIELDS_FOUND = {
    "beta": ["beta"],
    "NODE-2 or alph": ["Alpha", "Gamma"],
    '"%" or "_"': [],
    "state = failed": ["Gamma"],
    "state in (running, finished)": ["Alpha", "beta"],
    "state ~ ning": ["Alpha"],
    "tags contains t1": ["beta"],
    "tags contains t": [],
    "tags in (t1, t2)": ["beta", "Gamma"],
    "tags is null": ["Alpha"],
    "notes is not null": ["beta", "Gamma"],
    "created = 2026-11-21": ["beta"],
    "created > 2026-11-21": ["Gamma"],
    "created <= 2026-11-21": ["Alpha", "beta"],
    "created < 1000w ago": [],
    "created > 99999999w ago": ["Alpha", "beta", "Gamma"],
    "finished is null": ["Alpha"],
    "runtime >= 1h and runtime < 1h30m": ["beta"],
    "runtime = 2h": ["Gamma"],
    "runtime < 1e300": ["Alpha", "beta", "Gamma"],
    "exit_code = 1": ["Gamma"],
    "exit_code != 1": ["Alpha", "beta"],
    "rows >= 1.5": ["Alpha", "beta", "Gamma"],
    "sweep is null and agent is null": ["Alpha", "beta", "Gamma"],
    "user = ada": ["Alpha", "beta", "Gamma"],
    "hidden = true": [],
    "name > a": ["beta"],
    "loss > 1 and min.loss < 2": ["Gamma"],
    "max.loss = 3": ["Alpha", "Gamma"],
    "last.loss >= 2": ["beta", "Gamma"],
    "min.absent is null": ["Alpha", "beta", "Gamma"],
    "summary.loss >= 2": ["beta", "Gamma"],
}


def test_columns_that_every_run_has(fields):
    assert {query: _names(fields, query) for query in FIELDS_FOUND} == FIELDS_FOUND


def test_figures_and_fields_sort(fields):
    for sort, first in {
        "-max.loss,name": "Alpha",
        "min.loss,-name": "Gamma",
        "-runtime": "Alpha",
        "tags": "beta",
    }.items():
        assert _names(fields, "", sort)[0] == first, sort
    assert _names(fields, "", "name") == ["Alpha", "Gamma", "beta"]


def test_the_best_value_follows_the_goal(db):
    user = make_user()
    for goal, best in (("minimize", 1.0), ("maximize", 3.0)):
        config = {"method": "random", "metric": {"name": "loss", "goal": goal}, "parameters": {"x": {"values": [1]}}}
        sweep = make_sweep(user, config)
        run = start(user, ask(make_agent(user, sweep)))
        history_append(run=run, offset=0, rows=[{"loss": value} for value in (3.0, 1.0, 2.0)])
        assert _names(sweep_scope(sweep), f"best.loss = {best}", "best.loss") == [run.name]
        with pytest.raises(InvalidInput, match=r"use min\.x or max\.x"):
            run_page(sweep_scope(sweep), RunQuery(sort="best.x"))


@pytest.mark.parametrize(
    ("query", "message"), [("loss <", "query: column 7: the query ends"), ("lossy < 1", "did you mean loss?")]
)
def test_a_slip_names_the_field_and_the_place(fields, query, message):
    with pytest.raises(InvalidInput, match=message.replace("?", r"\?")):
        run_page(fields, RunQuery(query=query))


def test_a_hint_comes_with_the_runs(fields):
    (hint,) = query_read(fields, "summary.los < 1").hints
    assert "did you mean summary.loss?" in hint.message
