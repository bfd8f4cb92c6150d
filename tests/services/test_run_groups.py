"""Groups of runs, the same on either database."""

from datetime import timedelta

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


def test_more_than_five_keys_are_refused(scope):
    with pytest.raises(InvalidInput, match="more than 5 columns"):
        _groups(scope, "name,state,host,user,rows,hidden")


def _last(scope, **seconds):
    """Let runs by their names take so many seconds, or not begin."""
    for name, length in seconds.items():
        run = scope.runs.get(name=name)
        ended = None if length is None else run.started_at + timedelta(seconds=length)
        scope.runs.filter(pk=run.pk).update(
            finished_at=ended, state="finished", started_at=run.started_at if ended else None
        )


def test_runtimes_are_grouped_by_ranges(scope):
    _last(scope, r0=0.5, r1=1, r2=9.9, r3=60, r4=7200, r5=86_400 * 30, r6=None, r7=-1)
    groups = _groups(scope, "runtime")
    found = [(group.values[0] and group.values[0].text, group.count) for group in groups]
    assert found == [
        ("under 1s", 2),
        ("1s to 10s", 2),
        ("1m to 10m", 1),
        ("1h to 6h", 1),
        ("1w and more", 1),
        (None, 1),
    ]
    for group in groups:
        assert run_page(scope, RunQuery(query=group.query(_columns("runtime")))).count == group.count
    assert [group.count for group in _groups(scope, "runtime", sort="-runtime")][:2] == [1, 1]


def test_tags_are_grouped_by_all_that_a_run_has(scope):
    for name, tags in {"r0": ["b", "a"], "r1": ["a", "b"], "r2": ["a"], "r3": ['x "y"', "a"], "r4": ["c"]}.items():
        scope.runs.filter(name=name).update(tags=tags)
    groups = _groups(scope, "tags", "summary.loss")
    found = [(group.values[0] and group.values[0].text, group.count) for group in groups]
    assert found == [("a", 1), ("a, b", 2), ('a, x "y"', 1), ("c", 1), (None, 3)]
    assert groups[1].figures[0].mean == 0.25
    for keys in ("tags", "tags,config.n,host"):
        for group in _groups(scope, keys):
            assert run_page(scope, RunQuery(query=group.query(_columns(keys)))).count == group.count


def test_groups_of_very_many_tags_have_no_query(scope):
    for n, run in enumerate(scope.runs.all()):
        scope.runs.filter(pk=run.pk).update(tags=[f"{n}-{'t' * 190}-{i}" for i in range(20)])
    groups = _groups(scope, "tags")
    assert [group.query(_columns("tags")) for group in groups] == [None] * len(OPTIMIZERS)


def test_several_keys_make_one_group_for_each_combination(scope):
    groups = _groups(scope, "config.n,host", "summary.loss")
    assert [(group.values, group.count) for group in groups] == [
        ((0.0, "a"), 2), ((0.0, None), 2), ((1.0, "a"), 2), ((1.0, None), 2),
    ]  # fmt: skip
    figures = groups[0].figures[0]
    assert (figures.mean, figures.minimum, figures.maximum) == (0.5, 0.0, 1.0)
    assert figures.deviation == pytest.approx(0.7071, abs=1e-4)


def test_too_many_groups_are_refused(scope, monkeypatch):
    monkeypatch.setattr("sweeps_app.selectors.run_groups.MAX_GROUPS", 3)
    with pytest.raises(InvalidInput, match="more than 3 groups"):
        _groups(scope, "name")
