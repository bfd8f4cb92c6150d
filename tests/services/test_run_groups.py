"""Groups of runs, the same on either database."""

import pytest

from sweeps_app.errors import InvalidInput
from sweeps_app.query.columns import column_of
from sweeps_app.selectors.run_groups import OTHER, run_groups
from sweeps_app.selectors.run_scope import project_scope
from sweeps_app.selectors.runs import RunQuery, run_page
from sweeps_app.services.ingest import history_append
from tests.factories import make_run, make_user

OPTIMIZERS = ["adam", "adam", "sgd", 1, True, None, ["a"], "sgd"]


@pytest.fixture
def scope(db):
    user = make_user()
    for i, optimizer in enumerate(OPTIMIZERS):
        run = make_run(user, name=f"r{i}", config={"opt": optimizer, "n": i % 2}, host="a" if i < 4 else "")
        history_append(run=run, offset=0, rows=[{"loss": float(i)}, {"loss": float(i) / 2}])
    return project_scope(run.project)


def _columns(text):
    return [column_of(key) for key in text.split(",")]


def _groups(scope, keys, columns="summary.loss", **query):
    return run_groups(scope, RunQuery(**query), _columns(keys), _columns(columns))


def test_groups_have_counts_and_figures(scope):
    groups = _groups(scope, "config.opt", "summary.loss,max.loss,runtime")
    assert [(group.values[0], group.count) for group in groups] == [
        *((1.0, 1), ("adam", 2), ("sgd", 2), (True, 1), (OTHER, 1), (None, 1)),
    ]
    adam = groups[1].figures
    assert (adam[0].count, adam[0].mean, adam[0].minimum, adam[0].maximum) == (2, 0.25, 0.0, 0.5)
    assert adam[0].deviation == pytest.approx(0.35355, abs=1e-5)
    assert adam[1].maximum == 1.0


def test_each_group_is_found_by_its_query(scope):
    for keys in ("config.opt", "config.opt,config.n", "host", "state", "created", "hidden", "rows", "user"):
        groups = _groups(scope, keys)
        assert sum(group.count for group in groups) == len(OPTIMIZERS)
        for group in groups:
            query = group.query(_columns(keys))
            if query is not None:
                assert run_page(scope, RunQuery(query=query)).count == group.count, query


def test_groups_are_sorted_by_count_keys_and_means(scope):
    def order(sort, keys="config.opt"):
        return [group.values[0] for group in _groups(scope, keys, sort=sort)]

    assert order("-count")[:2] == ["adam", "sgd"]
    assert order("-config.opt")[-1] is None
    assert order("-summary.loss")[0] == OTHER
    assert order("config.n,-summary.loss", "config.n") == [0.0, 1.0]


def test_a_filter_comes_first(scope):
    assert [(g.values, g.count) for g in _groups(scope, "config.n", query="opt = sgd")] == [((0.0,), 1), ((1.0,), 1)]


@pytest.mark.parametrize("keys", ["tags", "runtime", "name,state,host,user,rows,hidden"])
def test_what_cannot_be_grouped_by_is_refused(scope, keys):
    with pytest.raises(InvalidInput, match="group"):
        _groups(scope, keys)


def test_too_many_groups_are_refused(scope, monkeypatch):
    monkeypatch.setattr("sweeps_app.selectors.run_groups.MAX_GROUPS", 3)
    with pytest.raises(InvalidInput, match="more than 3 groups"):
        _groups(scope, "name")
