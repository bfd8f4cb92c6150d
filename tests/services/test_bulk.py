"""Many runs changed at once."""

import pytest

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Project, Run
from sweeps_app.services.bulk import MAX_RUNS, RunsChange, runs_stop, runs_update
from sweeps_app.services.runs import run_finish
from tests.factories import make_run, make_user


@pytest.fixture
def runs(db):
    user = make_user("ada")
    return [make_run(user, name=f"run {i}", tags=["old"] * (i > 0)) for i in range(3)]


def _update(project, run_ids, **change):
    return runs_update(project=project, run_ids=run_ids, change=RunsChange(**change))


def _ids(runs):
    return [run.run_id for run in runs]


def test_tags_are_added_and_taken_away_once(runs):
    project, before = runs[0].project, Project.objects.get().cursor
    assert _update(project, [*_ids(runs), "unknown"], add_tags=["new", "new"], remove_tags=["old"]) == 3
    assert set(map(tuple, Run.objects.values_list("tags", flat=True))) == {("new",)}
    changes = set(Run.objects.values_list("change", flat=True))
    assert min(changes) > before
    assert _update(project, _ids(runs), add_tags=["new"], remove_tags=["old"]) == 0
    assert set(Run.objects.values_list("change", flat=True)) == changes


@pytest.mark.parametrize("tags", [[""], ["x" * 201], ["a\x00"], [f"t{i}" for i in range(101)]])
def test_tags_that_no_run_can_have_change_nothing(runs, tags):
    with pytest.raises(InvalidInput):
        _update(runs[0].project, _ids(runs), add_tags=["fine", *tags])
    assert Run.objects.filter(tags=[]).count() == 1


def test_notes_and_what_charts_leave_out(runs):
    project = runs[0].project
    assert _update(project, _ids(runs[:2]), notes="good") == 2
    assert _update(project, _ids(runs), notes="good") == 1
    assert _update(project, _ids(runs[1:]), hidden=True) == 2
    assert _update(project, _ids(runs), hidden=False) == 2
    with pytest.raises(InvalidInput, match="100,000"):
        _update(project, _ids(runs), notes="x" * 100_001)


def test_only_runs_under_way_are_told_to_stop(runs):
    run_finish(run=runs[0], exit_code=0)
    assert runs_stop(project=runs[0].project, run_ids=_ids(runs)) == 2
    assert runs_stop(project=runs[0].project, run_ids=_ids(runs)) == 0
    assert set(Run.objects.filter(stop_requested=True).values_list("stop_reason", flat=True)) == {"person"}


def test_runs_of_another_project_and_too_many_are_not_touched(runs):
    other = make_run(make_user("bob"))
    assert _update(other.project, _ids(runs), hidden=True) == 0
    with pytest.raises(InvalidInput, match="10,000"):
        _update(other.project, ["x"] * (MAX_RUNS + 1), hidden=True)
