"""Deletion hides at once, tells whoever follows, and leaves nothing behind once it was purged."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from sweeps_app.errors import InvalidInput, NotFound
from sweeps_app.models import (
    Agent,
    AgentJob,
    AnalysisResult,
    ApiKey,
    Deletion,
    HistoryChunk,
    Project,
    Result,
    Run,
    RunAttempt,
    RunMetric,
    Suggestion,
    Sweep,
)
from sweeps_app.selectors.access import agent_get, job_get, project_get, run_get, run_ref, sweep_get
from sweeps_app.selectors.changes import project_changes
from sweeps_app.selectors.versions import sweep_page_version
from sweeps_app.services import purge as purging
from sweeps_app.services.deletion import (
    deletions_forget,
    project_delete,
    run_delete,
    runs_delete,
    sweep_delete,
)
from sweeps_app.services.ingest import history_append
from sweeps_app.services.job_launch import job_launch
from sweeps_app.services.jobs import job_claim, job_finish, job_key
from sweeps_app.services.projects import project_create
from sweeps_app.services.purge import PROJECT_PARTS, RUN_PARTS, SWEEP_PARTS, purge, purge_is_due, purge_step
from sweeps_app.services.reconcile import reconcile
from sweeps_app.services.runs import RunDetails, run_finish, run_start
from sweeps_app.services.suggestions import suggestion_claim
from sweeps_app.services.verify import suggestions_verify
from tests.concurrency import in_threads
from tests.factories import ask, make_agent, make_run, make_sweep, make_user, make_worker, start

pytestmark = pytest.mark.django_db

ASHA = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"x": {"values": [1, 2, 3, 4, 5]}},
    "early_terminate": {"type": "asha", "min_iter": 1},
}


@pytest.fixture
def user():
    return make_user("ada")


def _ran(user, agent, loss=1.0):
    """Return a run of the agent that has logged and finished."""
    run = start(user, ask(agent))
    history_append(run=run, offset=0, rows=[{"loss": loss}, {"loss": loss / 2}])
    return run_finish(run=run, exit_code=0)


def _rows():
    """Return how many rows each table of work has."""
    kept = {"User", "Entity", "Membership", "Project", "ApiKey"}
    models = [model for model in apps.get_app_config("sweeps_app").get_models() if model.__name__ not in kept]
    counts = {model.__name__: getattr(model, "everything", model._default_manager).count() for model in models}
    return {name: count for name, count in counts.items() if count}


def _purged():
    while purge_step():
        pass


def test_a_deleted_run_is_gone_for_everybody_and_its_id_is_free(user, sent_tasks, django_capture_on_commit_callbacks):
    run = make_run(user)
    history_append(run=run, offset=0, rows=[{"loss": 1.0}])
    with django_capture_on_commit_callbacks(execute=True):
        assert run_delete(run=run)
    assert ("sweeps_app.tasks.purge", {}) in sent_tasks
    for find in (run_get, run_ref):
        with pytest.raises(NotFound):
            find(user, "ada", "demo", run.run_id)
    with pytest.raises(NotFound):
        history_append(run=run, offset=1, rows=[{"loss": 2.0}])
    assert not run_delete(run=run)
    assert list(run.project.runs.all()) == []
    again = make_run(user)
    Run.everything.filter(pk=again.pk).update(run_id=run.run_id)
    assert run_get(user, "ada", "demo", run.run_id).history_rows == 0
    assert purge_is_due()
    _purged()
    assert not purge_is_due()
    assert Run.everything.get().pk == again.pk
    assert _rows() == {"Run": 1, "Deletion": 1}


def test_many_runs_go_at_once_and_what_is_gone_is_passed_over(user):
    runs = [make_run(user) for _ in range(4)]
    ids = [run.run_id for run in runs]
    assert runs_delete(project=runs[0].project, run_ids=[*ids[:3], "unknown", ids[0]]) == 3
    assert runs_delete(project=runs[0].project, run_ids=ids[:3]) == 0
    assert [run.run_id for run in Run.objects.all()] == ids[3:]
    with pytest.raises(InvalidInput, match="run_ids"):
        runs_delete(project=runs[0].project, run_ids=[f"r{i}" for i in range(10_001)])


def test_a_run_deleted_out_of_a_sweep_leaves_what_the_search_has_learned(user):
    sweep = make_sweep(user, {**ASHA, "method": "bayes"})
    agent = make_agent(user, sweep)
    runs = [_ran(user, agent, loss) for loss in (3.0, 2.0, 1.0)]
    run_delete(run=runs[1])
    _purged()
    assert Result.objects.filter(sweep=sweep).count() == 3
    assert Result.objects.get(run=None).suggestion.config == runs[1].config
    _ran(user, agent)
    assert {verified.status for verified in suggestions_verify(sweep)} == {"same"}
    assert Suggestion.objects.filter(sweep=sweep, state="claimed").count() == 4


def test_a_grid_does_not_hand_a_deleted_point_out_again(user):
    sweep = make_sweep(user, ASHA)
    agent = make_agent(user, sweep)
    finished, active = _ran(user, agent), start(user, ask(agent))
    assert runs_delete(project=sweep.project, run_ids=[finished.run_id, active.run_id]) == 2
    _purged()
    assert [_ran(user, agent).config["x"] for _ in range(3)] == [3, 4, 5]
    assert suggestion_claim(agent=agent, request_id="last").command == "exit"
    sweep.refresh_from_db()
    assert sweep.state == "FINISHED"


def test_deleting_the_last_active_run_settles_a_sweep(user):
    sweep = make_sweep(user, ASHA)
    agent = make_agent(user, sweep)
    run = start(user, ask(agent))
    Sweep.objects.filter(pk=sweep.pk).update(state="STOPPED")
    run_delete(run=run)
    sweep.refresh_from_db()
    assert sweep.finished_at is not None


def test_a_deleted_sweep_takes_all_that_is_its_own_and_nothing_else(user):
    kept, alone = make_sweep(user, ASHA), make_run(user)
    _ran(user, make_agent(user, kept))
    before = _rows()
    sweep = make_sweep(user, ASHA)
    agent = make_agent(user, sweep)
    ended, active = _ran(user, agent), start(user, ask(agent))
    AnalysisResult.objects.create(sweep=sweep, kind="importance")
    sweep_delete(sweep=sweep)
    for find, given in ((sweep_get, [sweep.sweep_id]), (agent_get, [agent.agent_id])):
        with pytest.raises(NotFound):
            find(user, *given)
    for run in (ended, active):
        with pytest.raises(NotFound):
            run_ref(user, "ada", "demo", run.run_id)
    with pytest.raises(NotFound):
        suggestion_claim(agent=agent, request_id="after")
    assert set(alone.project.runs.all()) == {alone, *kept.runs.all()}
    assert reconcile(now=timezone.now() + timedelta(days=1)).runs == 1  # the one that is alone
    _purged()
    assert _rows() == before | {"Deletion": 1}
    with pytest.raises(Sweep.DoesNotExist):
        sweep_delete(sweep=sweep)


def test_a_deleted_project_takes_everything_and_its_name_is_free(user):
    other = make_run(user, project="other")
    before = _rows()
    sweep = make_sweep(user, ASHA)
    agent = make_agent(user, sweep)
    _ran(user, agent)
    run_delete(run=_ran(user, agent))
    project = sweep.project
    make_run(user)
    project_delete(project=project)
    with pytest.raises(NotFound):
        project_get(user, "ada", "demo")
    with pytest.raises(NotFound):
        sweep_get(user, sweep.sweep_id)
    assert list(Run.objects.all()) == [other]
    again, created = project_create(user=user, name="demo")
    assert created
    assert again.pk != project.pk
    _purged()
    assert _rows() == before
    assert set(Project.everything.all()) == {other.project, again}


def test_the_jobs_of_a_deleted_sweep_stop_and_their_keys_end(user):
    sweep = make_sweep(user)
    running, waiting = (job_launch(user=user, sweep=sweep, program="digits") for _ in range(2))
    worker = make_worker()
    claimed = job_claim(job_id=running.job_id, worker=worker)
    job_key(job=claimed)
    sweep_delete(sweep=sweep)
    with pytest.raises(NotFound):
        job_get(user, waiting.job_id)
    assert job_claim(job_id=waiting.job_id, worker=worker) is None
    _purged()
    assert [job.job_id for job in AgentJob.objects.all()] == [running.job_id]
    assert job_finish(job=claimed, exit_code=1)
    assert ApiKey.objects.get().revoked_at is not None
    _purged()
    assert not AgentJob.objects.exists()
    assert not Sweep.everything.exists()


def test_whoever_follows_a_project_learns_what_is_gone(user):
    sweep = make_sweep(user, ASHA)
    agent = make_agent(user, sweep)
    runs = [_ran(user, agent) for _ in range(3)]
    project = sweep.project
    known = project_changes(project, 0)
    assert (known.deleted_runs, known.deleted_sweeps, known.reset) == ([], [], False)
    version = sweep_page_version(sweep)
    run_delete(run=runs[0])
    changed = sweep_page_version(sweep)
    assert changed.runs > version.runs
    assert changed.sweep > version.sweep
    news = project_changes(project, known.cursor)
    assert (news.deleted_runs, [s.sweep_id for s in news.sweeps]) == ([runs[0].run_id], [sweep.sweep_id])
    assert news.cursor > known.cursor
    sweep_delete(sweep=sweep)
    last = project_changes(project, news.cursor)
    assert (last.deleted_sweeps, last.sweeps, last.runs) == ([sweep.sweep_id], [], [])
    _purged()
    assert project_changes(project, news.cursor) == last
    again = project_changes(project, 0, limit=1)
    assert (again.deleted_runs, again.more) == ([runs[0].run_id], True)


def test_who_was_away_for_long_begins_anew(user):
    kept, gone = make_run(user), make_run(user)
    project = kept.project
    old = project_changes(project, 0).cursor
    run_delete(run=gone)
    now = timezone.now()
    assert deletions_forget(now=now) == 0
    assert deletions_forget(now=now + timedelta(days=31)) == 1
    project.refresh_from_db()
    answer = project_changes(project, old)
    assert (answer.reset, [run.run_id for run in answer.runs]) == (True, [kept.run_id])
    assert not project_changes(project, answer.cursor).reset
    assert not project_changes(project, 0).reset
    assert not Deletion.objects.exists()


def test_a_step_removes_a_bounded_number_of_rows(user, monkeypatch):
    monkeypatch.setattr(purging, "RUN_PARTS", tuple((model, 3) for model, _ in RUN_PARTS))
    run = make_run(user)
    for i in range(8):
        history_append(run=run, offset=i, rows=[{"a": 1, "b": 2}])
    run_delete(run=run)
    removed = []
    while step := purge_step():
        removed.append(step)
    assert sum(removed) == 8 + 2 + 1  # chunks, metrics, the run
    assert max(removed) <= 6
    assert purge(seconds=1) == purging.Purged(0, 0, more=False)


def test_every_table_below_a_run_or_a_sweep_is_purged():
    run_parts = {model for model, _ in RUN_PARTS}
    sweep_parts = {model for model, _ in SWEEP_PARTS}
    for model in apps.get_app_config("sweeps_app").get_models():
        parents = {field.related_model for field in model._meta.fields if field.is_relation}
        if Run in parents and model.__name__ not in ("RunFile", "Result"):
            assert model in run_parts, model
        if Sweep in parents and model not in (Run, AgentJob):
            assert model in sweep_parts, model
        if Project in parents:
            assert model in (Run, Sweep, AgentJob, *(model for model, _ in PROJECT_PARTS)), model
        if Agent in parents or Suggestion in parents:
            assert model in (Run, Result, RunAttempt), model


@pytest.mark.django_db(transaction=True)
def test_of_many_who_delete_one_run_one_does():
    run = make_run(make_user())
    assert sum(in_threads(6, lambda _: run_delete(run=Run.everything.select_related("project").get(pk=run.pk)))) == 1
    assert Deletion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_added_to_what_is_deleted_and_purged_meanwhile():
    user = make_user()
    sweep = make_sweep(user, ASHA)
    agent = make_agent(user, sweep)
    runs = [start(user, ask(agent)) for _ in range(3)]
    ended = []

    def work(i):
        if i == 3:
            sweep_delete(sweep=sweep)
        elif i == 4:
            while len(ended) < 3:
                purge_step()
        else:
            try:
                for offset in range(10_000):
                    history_append(run=runs[i], offset=offset, rows=[{"loss": 1.0}])
            except NotFound:
                ended.append(i)

    in_threads(5, work)
    _purged()
    assert not HistoryChunk.objects.exists()
    assert not RunMetric.objects.exists()
    assert not Run.everything.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_purge_leave_nothing_and_do_not_fail():
    user = make_user()
    for _ in range(60):
        history_append(run=make_run(user), offset=0, rows=[{"loss": 1.0}])
    project = Project.objects.get()
    project_delete(project=project)
    in_threads(2, lambda _: purge(seconds=20))
    _purged()
    assert _rows() == {}
    assert not Project.everything.exists()


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_fails_half_way_changes_nothing(monkeypatch):
    user = make_user("ada")
    run = make_run(user)
    monkeypatch.setattr("sweeps_app.services.deletion.purge_ring", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_delete(run=run)
    assert run_get(user, "ada", "demo", run.run_id).pk == run.pk
    assert not Deletion.objects.exists()
    assert run_start(user=user, details=RunDetails(), run_id=run.run_id, project_name="demo")[0].pk == run.pk
