"""Saved views of run tables."""

import pytest

from sweeps_app.errors import InvalidInput, NotFound
from sweeps_app.models import Project, SavedView
from sweeps_app.selectors.versions import sweep_page_version
from sweeps_app.selectors.views import saved_views
from sweeps_app.services.deletion import project_delete, sweep_delete
from sweeps_app.services.purge import purge_step
from sweeps_app.services.views import view_delete, view_save
from tests.factories import make_sweep, make_user


@pytest.fixture
def sweep(db):
    return make_sweep(make_user("ada"))


def _save(sweep, name="mine", *, is_default=False, of_project=False, **settings):
    return view_save(
        user=sweep.created_by,
        project=sweep.project,
        sweep=None if of_project else sweep,
        name=name,
        settings=settings,
        is_default=is_default,
    )


def test_a_view_is_kept_replaced_and_removed(sweep):
    before = sweep_page_version(sweep)
    assert _save(sweep, query="lr < 1", sort="")[1] is True
    assert sweep_page_version(sweep) != before
    view, created = _save(sweep, query="lr < 2")
    assert (created, view.settings) == (False, {"query": "lr < 2"})
    assert view_delete(project=sweep.project, sweep=sweep, name="mine") is True
    assert view_delete(project=sweep.project, sweep=sweep, name="mine") is False


def test_there_is_one_default_for_each_table(sweep):
    for name in ("a", "b"):
        _save(sweep, name, is_default=True)
        _save(sweep, name, is_default=True, of_project=True)
    assert [view.name for view in saved_views(sweep.project, sweep).filter(is_default=True)] == ["b"]
    assert [view.name for view in saved_views(sweep.project, None).filter(is_default=True)] == ["b"]
    assert SavedView.objects.count() == 4


def test_a_project_is_new_to_its_pages_with_its_views(sweep):
    before = Project.objects.get().cursor
    _save(sweep, of_project=True)
    assert Project.objects.get().cursor > before


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"query": "lr <"}, "query"),
        ({"columns": "what"}, "columns"),
        ({"group": "what"}, "group"),
        ({"state": "done"}, "state"),
        ({"page": "3"}, "page"),
        ({"sort": "x" * 10_001}, "sort"),
        ({"text": "a\x00"}, "text"),
    ],
)
def test_settings_that_make_no_sense_are_refused(sweep, given, field):
    with pytest.raises(InvalidInput) as caught:
        _save(sweep, **given)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_names_and_numbers_have_bounds(sweep, monkeypatch):
    for name in ("", "a/b", "x" * 101):
        with pytest.raises(InvalidInput, match="name"):
            _save(sweep, name)
    monkeypatch.setattr("sweeps_app.services.views.MAX_VIEWS", 1)
    _save(sweep)
    _save(sweep)
    with pytest.raises(InvalidInput, match="more than 1 views"):
        _save(sweep, "another")


def test_a_deleted_sweep_takes_no_view(sweep):
    sweep_delete(sweep=sweep)
    with pytest.raises(NotFound):
        _save(sweep)


def test_views_go_with_their_sweep_and_project(sweep):
    _save(sweep)
    _save(sweep, of_project=True)
    project_delete(project=sweep.project)
    while purge_step():
        pass
    assert not SavedView.objects.exists()
    assert not Project.everything.exists()
