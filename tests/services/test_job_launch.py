"""Launches: everything or nothing, and nothing twice however often it is asked for."""

import pytest

from sweeps_app.errors import Conflict, InvalidInput
from sweeps_app.models import AgentJob, Program
from sweeps_app.services.job_bell import RUN_AGENT_JOB
from sweeps_app.services.job_launch import (
    JobSettings,
    job_launch,
    job_launch_once,
    job_relaunch,
    jobs_launch,
)
from sweeps_app.services.jobs import job_stop
from sweeps_app.services.sweeps import sweep_control
from tests.concurrency import in_threads
from tests.factories import make_sweep, make_user

pytestmark = pytest.mark.django_db

State = AgentJob.State
DIGITS = JobSettings("digits", count=2, queue="gpu", slots=3, gpus=1)


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def sweep(user):
    return make_sweep(user)


def test_a_launch_is_repeated_without_harm_and_rings_once(user, sweep, sent_tasks, django_capture_on_commit_callbacks):
    def launch():
        with django_capture_on_commit_callbacks(execute=True):
            return job_launch_once(user=user, sweep=sweep, wanted=DIGITS, job_id="job00001")

    (job, created), (again, created_again) = launch(), launch()
    assert (job, created, again, created_again) == (AgentJob.objects.get(), True, job, False)
    assert sent_tasks == [(RUN_AGENT_JOB, {"job_id": "job00001"})]
    assert (job.state, job.count, job.created_by, job.project) == (State.QUEUED, 2, user, sweep.project)
    assert (job.queue, job.slots, job.gpus) == ("gpu", 3, 1)


def test_many_agents_are_many_jobs_once(user, sweep):
    jobs, created = jobs_launch(user=user, sweep=sweep, wanted=DIGITS, agents=5, request_id="r1")
    assert (len(jobs), created, [job.number for job in jobs]) == (5, True, list(range(5)))
    assert jobs_launch(user=user, sweep=sweep, wanted=DIGITS, agents=5, request_id="r1") == (jobs, False)
    assert jobs_launch(user=make_user(), sweep=sweep, wanted=DIGITS, agents=1, request_id="r1")[1]
    assert AgentJob.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_launch_that_is_sent_twice_at_once_happens_once():
    user = make_user()
    sweep = make_sweep(user)
    launches = in_threads(4, lambda _: jobs_launch(user=user, sweep=sweep, wanted=DIGITS, agents=3, request_id="r1"))
    assert sorted(created for _, created in launches) == [False, False, False, True]
    assert len({tuple(job.job_id for job in jobs) for jobs, _ in launches}) == 1
    assert AgentJob.objects.count() == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"program": "rm -rf /"}, "program"),
        ({"count": 0}, "count"),
        ({"queue": "default"}, "queue"),
        ({"queue": "a b"}, "queue"),
        ({"slots": 0}, "slots"),
        ({"gpus": -1}, "gpus"),
    ],
)
def test_a_launch_that_makes_no_sense_names_the_field(user, sweep, wrong, field):
    with pytest.raises(InvalidInput) as caught:
        jobs_launch(
            user=user, sweep=sweep, wanted=JobSettings(**{"program": "digits"} | wrong), agents=1, request_id="r"
        )
    assert [problem.field for problem in caught.value.problems] == [field]
    assert not AgentJob.objects.exists()


def test_all_that_is_wrong_is_told_at_once(user, sweep):
    with pytest.raises(InvalidInput) as caught:
        jobs_launch(user=user, sweep=sweep, wanted=JobSettings("none", 0, "", 0, 99), agents=0, request_id="r")
    assert {p.field for p in caught.value.problems} == {"agents", "slots", "gpus", "count", "queue", "program"}
    with pytest.raises(InvalidInput, match="job_id"):
        job_launch_once(user=user, sweep=sweep, wanted=DIGITS, job_id="NOT-AN-ID")


def test_a_program_is_of_the_project_and_enabled(user, sweep):
    other = make_sweep(user, project="other").project
    for project, name, is_enabled in ((sweep.project, "off", False), (other, "elsewhere", True)):
        Program.objects.create(project=project, name=name, kind="folder", source="/x", is_enabled=is_enabled)
    Program.objects.create(project=sweep.project, name="mine", kind="folder", source="/x")
    for name, words in (("off", "disabled"), ("elsewhere", "choose one of mine, digits")):
        with pytest.raises(InvalidInput, match=words):
            job_launch(user=user, sweep=sweep, program=name)
    assert job_launch(user=user, sweep=sweep, program="mine").registration.name == "mine"


def test_an_id_belongs_to_one_person_and_sweep(user, sweep):
    job_launch_once(user=user, sweep=sweep, wanted=DIGITS, job_id="job00001")
    for other_user, other_sweep in ((make_user(), sweep), (user, make_sweep(user))):
        with pytest.raises(Conflict, match="taken"):
            job_launch_once(user=other_user, sweep=other_sweep, wanted=DIGITS, job_id="job00001")


def test_a_sweep_that_is_over_gets_no_agents(user, sweep):
    job = job_launch_once(user=user, sweep=sweep, wanted=DIGITS, job_id="job00001")[0]
    job_stop(job=job)
    over = sweep_control(sweep=sweep, action="stop")
    assert job_launch_once(user=user, sweep=over, wanted=DIGITS, job_id="job00001")[0] == job
    with pytest.raises(Conflict, match="no runs for further agents"):
        job_launch(user=user, sweep=over, program="digits")
    job.refresh_from_db()
    with pytest.raises(Conflict, match="no runs for further agents"):
        job_relaunch(user=user, job=job)


def test_an_ended_job_is_launched_again_once(user, sweep):
    job = job_launch_once(user=user, sweep=sweep, wanted=DIGITS)[0]
    with pytest.raises(Conflict, match="queued"):
        job_relaunch(user=user, job=job)
    job_stop(job=job)
    again, created = job_relaunch(user=user, job=job)
    assert (created, again.relaunch_of, again.state) == (True, job, State.QUEUED)
    assert (again.program, again.count, again.queue, again.slots, again.gpus) == ("digits", 2, "gpu", 3, 1)
    assert job_relaunch(user=user, job=job) == (again, False)
