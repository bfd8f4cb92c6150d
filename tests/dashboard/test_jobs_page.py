"""Agents and jobs on the sweep's page, the launch, a job's page, and the programs of a project."""

import re

import pytest

from sweeps_app.models import AgentJob, Entity, Membership, Program
from sweeps_app.services import job_console
from sweeps_app.services.agents import agent_register
from sweeps_app.services.job_console import Printed
from sweeps_app.services.job_launch import JobSettings, job_launch_once
from sweeps_app.services.jobs import job_beat, job_claim, job_finish, job_stop
from tests.factories import ask as ask_for_run
from tests.factories import make_agent, make_sweep, make_worker, start


@pytest.fixture
def launch(world):
    """Launch a job of the world's sweep, or of another."""

    def call(sweep=world.sweep, **wanted):
        return job_launch_once(user=world.owner, sweep=sweep, wanted=JobSettings("digits", **wanted))[0]

    return call


def _text(html):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html))


def _get(page, path):
    response = page.get(path)
    assert response.status_code == 200
    return _text(response.content.decode())


def test_without_agents_the_page_says_how_to_start_some(page, world):
    html = page.get(world.sweep_path).content.decode()
    assert f"sweepdeck agent owner/demo/{world.sweep.sweep_id}" in html
    assert f'href="{world.sweep_path}/launch"' in html


def test_the_section_shows_jobs_and_agents_and_why_a_job_waits(page, world, launch):
    sweep = make_sweep(world.owner)
    launch(sweep, gpus=2)
    running = job_claim(job_id=launch(sweep, gpus=1).job_id, worker=make_worker(gpus=["0"]))
    agent, _ = agent_register(user=world.owner, sweep=sweep, agent_id="jobsagent", job_id=running.job_id)
    run = start(world.owner, ask_for_run(agent))
    make_agent(world.owner, sweep)
    text = _get(page, f"{world.project_path}/sweeps/{sweep.sweep_id}")
    assert "needs 2 GPUs and 1 CPU slot; the largest worker of queue agents has 1 GPU and 4 CPU slots" in text
    assert "worker-1, GPU 0" in text
    assert "Agent by hand" in text
    assert str(run) in _get(page, f"{world.project_path}/jobs/{running.job_id}")


def test_a_poll_learns_of_jobs_of_agents_and_of_workers(page, world, launch):
    etags = []

    def poll():
        etags.append(page.get(f"{world.sweep_path}?fragments=1")["ETag"])
        again = page.get(f"{world.sweep_path}?fragments=1", headers={"If-None-Match": etags[-1]})
        assert again.status_code == 304

    poll()
    job = launch()
    poll()
    worker = make_worker()
    poll()
    job_claim(job_id=job.job_id, worker=worker)
    poll()
    make_agent(world.owner, world.sweep)
    poll()
    assert len(set(etags)) == 5


def test_agents_are_launched_by_the_form_once(page, world):
    form = page.get(f"{world.sweep_path}/launch").context["launch_form"]
    sent = {name: form[name].value() or 0 for name in form.fields} | {"program": "digits", "agents": 3, "count": 5}
    for _ in range(2):
        answer = page.post(f"{world.sweep_path}/launch", sent, headers={"Accept": "application/json"})
        assert answer.json() == {"message": "3 agents are queued."}
    launched = AgentJob.objects.filter(count=5, queue="agents", slots=1, gpus=0, created_by=world.owner)
    assert launched.count() == AgentJob.objects.count() == 3
    again = page.get(f"{world.sweep_path}/launch").context["launch_form"]
    assert again["request_id"].value() != sent["request_id"]
    assert page.post(f"{world.sweep_path}/launch", sent)["Location"] == f"{world.sweep_path}#agents"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"agents": "0"}, "agents: "),
        ({"program": "rm -rf /"}, "program: "),
        ({"queue": "default"}, "queue: "),
        ({"slots": ""}, "cpu slots per agent: "),
        ({"request_id": ""}, "request id: "),
    ],
)
def test_a_launch_that_makes_no_sense_says_what_is_wrong(page, world, wrong, words):
    sent = {"program": "digits", "agents": 1, "queue": "agents", "slots": 1, "gpus": 0, "request_id": "r"} | wrong
    answer = page.post(f"{world.sweep_path}/launch", sent, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert words in answer.json()["message"].lower()
    assert not AgentJob.objects.exists()


def test_a_sweep_that_is_over_offers_no_launch(page, world):
    page.post(f"{world.sweep_path}/stop")
    assert f'href="{world.sweep_path}/launch"' not in page.get(world.sweep_path).content.decode()


def test_a_job_is_drained_stopped_and_launched_again_by_its_buttons(page, world, launch):
    job = job_claim(job_id=launch().job_id, worker=make_worker())
    path = f"{world.project_path}/jobs/{job.job_id}"
    assert page.post(f"{path}/drain").status_code == 302
    assert "draining" in _get(page, path)
    page.post(f"{path}/stop")
    assert "told to stop" in _get(page, path)
    assert page.post(f"{path}/relaunch").status_code == 409
    job_finish(job=job, exit_code=130)
    again = page.post(f"{path}/relaunch")["Location"]
    assert f"repeats {job.job_id}" in _get(page, again)
    assert f"repeated as {again[-8:]}" in _get(page, path)
    assert page.post(f"{path}/relaunch")["Location"] == again


def test_a_jobs_page_shows_its_output_and_what_is_missing_of_it(page, world, launch, monkeypatch):
    monkeypatch.setattr(job_console, "HEAD_CHARACTERS", 500)
    monkeypatch.setattr(job_console, "TAIL_CHARACTERS", 500)
    monkeypatch.setattr("sweeps_app.services.line_chunks.CHUNK_LINES", 10)
    job = job_claim(job_id=launch().job_id, worker=make_worker())
    path = f"{world.project_path}/jobs/{job.job_id}"
    assert "Nothing is printed yet" in _get(page, path)
    before = page.get(f"{path}?fragments=1")["ETag"]
    lines = [(1760000000.0 + n, "stdout", f"\x1b[32mline\x1b[0m <{n:04}>") for n in range(200)]
    job_beat(job=job, output=Printed(0, lines))
    assert page.get(f"{path}?fragments=1")["ETag"] != before
    html = page.get(path).content.decode()
    numbers = [int(number) for number in re.findall(r'<li id="L(\d+)"', html)]
    assert (numbers[0], numbers[-1]) == (1, 200)
    [missing] = re.findall(r"(\d+) lines before this one are not kept", html)
    assert len(numbers) + int(missing) == 200
    assert '<span class="ansi-2">line</span> &lt;0199&gt;' in html
    assert b"".join(page.get(f"{path}/console.txt").streaming_content).endswith(b"line <0199>\n")
    assert page.get(f"{path}/console.json", {"search": "<0198>"}).json()["html"].count("<li") == 1


def test_a_job_is_at_the_address_of_its_project_alone(page, world, launch):
    job = launch()
    make_sweep(world.owner, project="other")
    assert page.get(f"/owner/other/jobs/{job.job_id}").status_code == 404


def test_the_number_of_queries_does_not_depend_on_the_number_of_jobs(
    page, world, launch, django_assert_max_num_queries
):
    worker = make_worker(slots=20)
    for _ in range(12):
        job_claim(job_id=launch().job_id, worker=worker)
        make_agent(world.owner, world.sweep)
    with django_assert_max_num_queries(31):
        page.get(world.sweep_path)
    job = job_stop(job=AgentJob.objects.first())
    with django_assert_max_num_queries(20):
        page.get(f"{world.project_path}/jobs/{job.job_id}")


def test_programs_are_registered_changed_and_removed_on_the_settings_page(page, world, tmp_path, settings):
    place = f"{world.project_path}/settings"
    assert "SWEEPDECK_PROGRAM_ROOTS" in _get(page, place)
    settings.PROGRAM_ROOTS = [tmp_path]
    form = {"name": "train", "kind": "folder", "source": "/etc", "entry": "sweep", "environment": "A=1\nB=x=y"}
    refused = page.post(f"{place}/programs", form | {"secrets": "HF_TOKEN, B"})
    assert refused.status_code == 400
    text = _text(refused.content.decode())
    assert "must be a folder under one of" in text
    assert "is in the environment, too" in text
    assert page.post(f"{place}/programs", form | {"source": str(tmp_path), "secrets": "HF_TOKEN"}).status_code == 302
    program = Program.objects.get()
    assert (program.environment, program.secrets) == ({"A": "1", "B": "x=y"}, ["HF_TOKEN"])
    assert "A=1" in page.get(f"{place}/programs/train").content.decode()
    page.post(f"{place}/programs/train", {"source": str(tmp_path), "entry": "sweep", "environment": "A=2"})
    program.refresh_from_db()
    assert (program.environment, program.secrets) == ({"A": "2"}, [])
    page.post(f"{place}/programs/train/disable")
    assert "disabled" in _get(page, place)
    assert page.post(f"{place}/programs/train", {"environment": "no sign"}).status_code == 400
    page.post(f"{place}/programs/train/remove")
    assert not Program.objects.exists()


def test_members_who_are_no_admins_see_programs_and_change_none(page, world):
    team = Entity.objects.create(name="team")
    Membership.objects.create(entity=team, user=world.owner)
    world.sweep.project.entity = team
    world.sweep.project.save()
    Program.objects.create(project=world.sweep.project, name="train", kind="folder", source="/srv/train")
    html = page.get("/team/demo/settings").content.decode()
    assert "/srv/train" in html
    assert "programs/train" not in html
    assert page.get("/team/demo/settings/programs").status_code == 403
    assert page.post("/team/demo/settings/programs/train/remove").status_code == 403
    assert Program.objects.exists()
