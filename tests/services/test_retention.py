from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.retention import retention_forecast
from sweeps_app.services.deletion import runs_delete
from sweeps_app.services.projects import project_update
from sweeps_app.services.retention import Expired, retention_apply
from sweeps_app.services.runs import run_finish
from tests.factories import ask, make_agent, make_run, make_sweep, make_user, start

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def user():
    return make_user("ada")


def _ended(user, ago, tags=(), project="demo"):
    run = run_finish(run=make_run(user, project=project, tags=list(tags)), exit_code=0)
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now() - ago)
    return run


def test_what_ended_longer_ago_than_the_limit_goes_but_for_what_is_tagged(user):
    now = timezone.now()
    old, _ = _ended(user, 8 * DAY), _ended(user, 9 * DAY, ["Keeper", 'a "keep"'])
    kept = [_ended(user, 9 * DAY, ["x", tag]) for tag in ("keep", "KEEP")]
    young, active, other = _ended(user, 6 * DAY), make_run(user), _ended(user, 99 * DAY, project="other")
    Run.objects.filter(pk=active.pk).update(created_at=now - 99 * DAY, started_at=now - 99 * DAY)
    assert retention_apply(now=now) == Expired(0, 0)
    project_update(project=old.project, retention_days=7)
    forecast = retention_forecast(old.project, 7, now)
    assert (forecast.due, forecast.kept) == (2, 2)
    assert abs(forecast.next_at - (now + DAY)) < timedelta(minutes=1)
    assert retention_apply(now=now) == Expired(2, 0)
    assert set(Run.objects.all()) == {*kept, young, active, other}
    assert retention_apply(now=now) == Expired(0, 0)
    project_update(project=old.project, retention_days=0)
    old.project.refresh_from_db()
    assert old.project.retention_days is None


def test_a_sweep_that_has_ended_goes_with_its_last_run(user):
    sweep = make_sweep(user, {"method": "grid", "parameters": {"x": {"values": [1, 2]}}})
    agent = make_agent(user, sweep)
    runs = [start(user, ask(agent)) for _ in range(2)]
    for run in runs:
        run_finish(run=run, exit_code=0)
    now = timezone.now()
    project_update(project=sweep.project, retention_days=1)
    Run.objects.filter(pk=runs[0].pk).update(finished_at=now - 2 * DAY)
    assert retention_apply(now=now) == Expired(1, 0)
    Run.objects.filter(pk=runs[1].pk).update(finished_at=now - 2 * DAY)
    assert retention_apply(now=now) == Expired(1, 0)  # the sweep still hands out, or may
    Sweep.objects.filter(pk=sweep.pk).update(finished_at=now - 2 * DAY)
    assert retention_apply(now=now) == Expired(0, 1)
    assert not Sweep.objects.exists()


def test_a_run_that_came_back_to_life_is_not_deleted_by_the_pass_that_had_seen_it(user):
    run = _ended(user, 9 * DAY)
    before = timezone.now() - 7 * DAY
    Run.objects.filter(pk=run.pk).update(finished_at=None, state="running")
    assert runs_delete(project=run.project, run_ids=[run.run_id], ended_before=before) == 0
    assert Run.objects.exists()


@pytest.mark.parametrize("days", [-1, 36_501])
def test_limits_that_cannot_be_are_refused(user, days):
    with pytest.raises(InvalidInput, match="retention_days"):
        project_update(project=make_run(user).project, retention_days=days)
