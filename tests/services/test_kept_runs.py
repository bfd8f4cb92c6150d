"""Runs in their order are kept for each version of a sweep."""

import pytest

from sweeps_app.selectors.run_scope import sweep_scope
from sweeps_app.selectors.runs import RunQuery, run_page
from sweeps_app.selectors.versions import sweep_page_version
from tests.dashboard.world import CONFIG, add_runs
from tests.factories import make_sweep, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sweep():
    """Return a sweep with eight runs."""
    found = make_sweep(make_user(), CONFIG)
    add_runs(found, 8)
    return found


def page(sweep, **asked):
    """Return a page of the sweep's runs, as of now."""
    return run_page(sweep_scope(sweep, sweep_page_version(sweep)), RunQuery(page_size=3, **asked))


def test_a_further_page_needs_no_sorting(sweep, django_assert_num_queries):
    version = sweep_page_version(sweep)
    whole = [run.pk for run in run_page(sweep_scope(sweep), RunQuery(sort="-config.lr")).runs]
    second = page(sweep, sort="-config.lr", page=2)
    with django_assert_num_queries(1):
        third = run_page(sweep_scope(sweep, version), RunQuery(page_size=3, sort="-config.lr", page=3))
    assert [run.pk for run in second.runs + third.runs] == whole[3:]
    assert (third.count, third.total, third.pages) == (8, 8, 3)


def test_what_is_kept_ends_with_its_version(sweep):
    assert page(sweep, query="lr < 1").count == 8
    add_runs(sweep, 1)
    found = page(sweep, query="lr < 1")
    assert (found.count, found.total) == (9, 9)


def test_what_is_equal_to_python_is_kept_apart(sweep):
    one, flag = sweep.runs.order_by("pk")[:2]
    type(one).objects.filter(pk=one.pk).update(config={"x": 1})
    type(one).objects.filter(pk=flag.pk).update(config={"x": True})
    assert [run.pk for run in page(sweep, query="config.x = 1").runs] == [one.pk]
    assert [run.pk for run in page(sweep, query="config.x = true").runs] == [flag.pk]


def test_how_long_runs_take_is_looked_at_each_time(sweep):
    before = page(sweep, query="runtime < 1000w", sort="runtime")
    sweep.runs.filter(pk=before.runs[0].pk).update(started_at=None)
    assert page(sweep, query="runtime < 1000w", sort="runtime").count == before.count - 1
