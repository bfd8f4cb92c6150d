"""What open pages are told of: a mark is another one whenever its page would be."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sweeps_app.models import Agent, AgentJob, Run
from sweeps_app.selectors.marks import FLEET, JOB, PERSON, PROJECT, RUN, SESSION, SWEEP, marks
from sweeps_app.services.analysis import importance_compute
from sweeps_app.services.console import console_append
from sweeps_app.services.deletion import run_delete
from sweeps_app.services.ingest import history_append
from sweeps_app.services.projects import project_create
from sweeps_app.services.sweeps import sweep_control
from tests.dashboard.world import CONFIG, add_runs
from tests.factories import make_agent, make_sweep


@pytest.fixture
def job(world):
    made = {"project": world.sweep.project, "sweep": world.sweep, "created_by": world.owner}
    return AgentJob.objects.create(job_id="job00001", program="digits", **made)


@pytest.fixture
def subjects(world, job):
    project = world.sweep.project_id
    run = world.runs[0].pk
    return {
        "home": (PERSON, world.owner.pk),
        "project": (PROJECT, project),
        "fleet": (FLEET, project),
        "sweep": (SWEEP, world.sweep.pk),
        "run": (RUN, run),
        "job": (JOB, job.pk),
    }


CHANGES = {
    "a logged row": (
        lambda world: history_append(run=world.runs[0], offset=world.runs[0].history_rows, rows=[{"loss": 0.01}]),
        {"home", "project", "fleet", "sweep", "run"},
    ),
    "a new run": (lambda world: add_runs(world.sweep, 1), {"home", "project", "fleet", "sweep"}),
    "a run deleted": (
        lambda world: run_delete(run=world.runs[2]),
        {"home", "project", "fleet", "sweep"},
    ),
    "another sweep": (lambda world: make_sweep(world.owner, CONFIG), {"home", "project", "fleet"}),
    "another project": (
        lambda world: project_create(user=world.owner, name="other"),
        {"home"},
    ),
    "a pause": (
        lambda world: sweep_control(sweep=world.sweep, action="pause"),
        {"home", "project", "fleet", "sweep"},
    ),
    "an agent": (lambda world: make_agent(world.owner, world.sweep), {"fleet", "sweep"}),
    "an agent of a job": (
        lambda world: make_agent(world.owner, world.sweep) and Agent.objects.update(job=AgentJob.objects.get()),
        {"fleet", "sweep", "job"},
    ),
    "a line printed": (
        lambda world: console_append(run=world.runs[0], offset=0, lines=[[1760000000, "stdout", "hello"]]),
        {"run"},
    ),
    "a job's line": (lambda world: AgentJob.objects.update(console_lines=1), {"job"}),
    "an analysis": (lambda world: importance_compute(sweep_id=world.sweep.pk), {"sweep"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_told_to_the_pages_that_show_it_and_to_no_other(world, subjects, change):
    act, told = CHANGES[change]
    before = marks(list(subjects.values()))
    assert set(before) == set(subjects.values())
    act(world)
    after = marks(list(subjects.values()))
    assert {name for name, subject in subjects.items() if after[subject] != before[subject]} == told


def test_what_is_gone_has_no_mark(world, subjects, page):
    key = Session.objects.get().pk
    assert marks([(SESSION, key), (SESSION, "none"), (RUN, 0)]) == {(SESSION, key): ""}
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert marks([(SESSION, key)]) == {}
    Run.everything.filter(pk=world.runs[0].pk).update(deleted_at=timezone.now())
    assert marks([subjects["run"]]) == {}


def test_many_pages_cost_no_more_queries_than_one_of_each_kind(world, subjects):
    add_runs(world.sweep, 50)
    few = [*subjects.values(), (SESSION, "key")]
    many = [
        *few,
        *((RUN, pk) for pk in Run.objects.values_list("pk", flat=True)),
        *((SESSION, str(n)) for n in range(99)),
    ]
    counts = []
    for asked in (few, many):
        with CaptureQueriesContext(connection) as found:
            marks(asked)
        counts.append(len(found))
    assert counts[0] == counts[1] == 11


def test_a_page_without_a_server_that_streams_gets_no_content_and_a_stranger_is_told_nothing(page, stranger, world):
    for path in ("/", "/owner", world.project_path, f"{world.project_path}/agents", world.sweep_path, world.run_path):
        answer = page.get(path, {"events": "1"})
        assert (answer.status_code, answer.content, answer["X-Accel-Buffering"]) == (204, b"", "no"), path
    assert stranger.get(world.sweep_path, {"events": "1"}).status_code == 404
    page.logout()
    assert page.get(world.sweep_path, {"events": "1"}).status_code == 401
