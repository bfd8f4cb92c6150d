import re

import pytest
from django.test import Client
from django.urls import reverse

from sweeps_app.models import AgentJob, Entity, Membership, Program, Run, Sweep
from sweeps_app.services.projects import project_create
from tests.dashboard.world import CONFIG, add_runs
from tests.factories import make_sweep

PRIVATE = [
    "/owner",
    "{project}",
    "{project}?fragments=1",
    "{sweep}",
    "{sweep}?fragments=1",
    "{sweep}/parallel.json",
    "{sweep}/parallel.csv",
    "{sweep}/objective.json",
    "{sweep}/objective.html",
    "{sweep}/curves.json?metric=loss",
    "{sweep}/importance.json",
    "{sweep}/stopping",
    "{sweep}/stopping?type=median&min_iter=2",
    "{sweep}/edit",
    "{run}",
    "{run}?fragments=1",
    "{run}/curve.json?metric=loss",
    "{run}/curve.csv?metric=loss",
    "{run}?tab=console",
    "{run}?tab=console&fragments=1",
    "{run}?tab=system",
    "{run}?tab=files",
    "{run}?tab=media",
    "{run}/console.json",
    "{run}/console.txt",
    "{sweep}/launch",
    "{project}/settings",
    "{project}/settings/programs",
    "{project}/settings/programs/train",
    "{job}",
    "{job}?fragments=1",
    "{job}/console.json",
    "{job}/console.txt",
]
ACTIONS = ["{sweep}/pause", "{sweep}/resume", "{sweep}/stop", "{sweep}/cancel", "{run}/stop", "{run}/files/delete"]
ACTIONS += ["{job}/stop", "{job}/drain", "{job}/relaunch", "{project}/settings/programs/train/disable"]
OWN = ["/", "/settings/keys"]


def _at(world, path):
    job = f"{world.project_path}/jobs/job00001"
    return path.format(project=world.project_path, sweep=world.sweep_path, run=world.run_path, job=job)


@pytest.fixture(autouse=True)
def _work(world):
    """A program, and a job that runs it."""
    project = world.sweep.project
    program = Program.objects.create(project=project, name="train", kind="folder", source="/srv/train")
    made = {"project": project, "sweep": world.sweep, "created_by": world.owner}
    AgentJob.objects.create(job_id="job00001", program="train", registration=program, **made)


@pytest.mark.parametrize("path", [*OWN, *PRIVATE])
def test_a_member_sees_it(page, world, path):
    response = page.get(_at(world, path))
    assert response.status_code == 200
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", PRIVATE)
def test_for_a_stranger_it_does_not_exist(stranger, world, path):
    assert stranger.get(_at(world, path)).status_code == 404


@pytest.mark.parametrize("path", ACTIONS)
def test_a_stranger_changes_nothing(stranger, world, path):
    assert stranger.post(_at(world, path)).status_code == 404
    assert Sweep.objects.get().state == "RUNNING"
    assert not Run.objects.filter(stop_requested=True).exists()
    assert AgentJob.objects.get().state == AgentJob.State.QUEUED
    assert Program.objects.get().is_enabled


@pytest.mark.parametrize("path", [*OWN, *PRIVATE])
def test_whoever_has_not_signed_in_is_asked_to(client, world, path):
    response = client.get(_at(world, path))
    if "fragments" in path:
        assert response.status_code == 401
    else:
        assert response.status_code == 302
        assert response["Location"].startswith("/login?next=/")


@pytest.mark.parametrize("path", ACTIONS)
def test_actions_are_forms_only(page, world, path):
    assert page.get(_at(world, path)).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/owner/demo/sweeps/zzzzzzzz",
        "/owner/demo/runs/nothing",
        "/owner/other",
        "/nobody",
        "/owner/demo/else/where",
        "/favicon.png",
        "{sweep}/nothing.json",
        "{sweep}/parallel.exe",
        "{run}/curve.json",
        "/owner/else/sweeps/{id}",
    ],
)
def test_what_does_not_exist_is_a_page_that_says_so(page, world, path):
    response = page.get(_at(world, path.replace("{id}", world.sweep.sweep_id)))
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_browsers_find_the_icon_beside_what_is_no_page():
    answer = Client().get("/favicon.ico")  # also where nobody is signed in
    assert answer.status_code == 302
    assert re.fullmatch(r"/static/img/mark(\.\w+)?\.svg", answer["Location"])


def test_members_of_a_team_see_its_projects(page, world):
    team = Entity.objects.create(name="vision")
    Membership.objects.create(entity=team, user=world.owner)
    world.sweep.project.entity = team
    world.sweep.project.save()
    assert page.get(f"/vision/demo/sweeps/{world.sweep.sweep_id}").status_code == 200
    assert "/vision/demo" in page.get("/").content.decode()


def test_names_that_need_quoting_lead_to_their_pages(page, world):
    sweep = make_sweep(world.owner, CONFIG, project="Ünïcode & spaces+plus")
    run = add_runs(sweep, 3)[0]
    links = re.findall(r'href="(/owner/%C3[^"?#]*)"', page.get("/").content.decode())
    assert links
    for link in links:
        assert page.get(link).status_code == 200
    address = f"/owner/{'%C3%9Cn%C3%AFcode%20%26%20spaces%2Bplus'}/runs/{run.run_id}"
    assert page.get(address).status_code == 200
    assert page.get(f"{address}/curve.json?metric=loss").status_code == 200


def test_home_shows_numbers_and_the_newest_sweeps(page, world):
    text = page.get("/").content.decode()
    assert world.sweep_path in text
    assert re.search(r"9</td>", text)  # eight runs of the sweep and one alone


def test_without_a_project_home_shows_the_quickstart_with_this_server(stranger, world):
    text = stranger.get("/", headers={"Host": "127.0.0.1:8123"}).content.decode()
    assert "SWEEPDECK_BASE_URL=http://127.0.0.1:8123" in text
    assert "wandb.agent(sweep_id, function=main, count=10)" in text


def test_an_empty_project_shows_a_quickstart_whose_runs_arrive_there(page, world):
    project_create(user=world.owner, name="fresh")
    text = page.get("/owner/fresh", headers={"Host": "127.0.0.1:8123"}).content.decode()
    assert "SWEEPDECK_BASE_URL=http://127.0.0.1:8123" in text
    assert 'wandb.sweep(sweep=sweep_configuration, project="fresh")' in text


def test_a_quickstart_names_the_team_whose_project_is_empty(page, world):
    team = Entity.objects.create(name="lab")
    Membership.objects.create(entity=team, user=world.owner)
    project_create(user=world.owner, name="fresh", entity_name=team.name)
    text = page.get("/lab/fresh").content.decode()
    assert 'wandb.sweep(sweep=sweep_configuration, entity="lab", project="fresh")' in text


def test_archived_projects_are_set_aside(page, world):
    world.sweep.project.archived_at = world.runs[1].started_at
    world.sweep.project.save()
    assert world.project_path not in page.get("/").content.decode()
    assert world.project_path in page.get("/?archived").content.decode()


def test_a_sweep_shows_progress_best_run_and_config(page, world):
    text = page.get(world.sweep_path).content.decode()
    assert "6 finished" in text
    assert "1 failed" in text
    best = world.runs[-1]
    assert f'href="{world.project_path}/runs/{best.run_id}"' in text
    assert "0.125" in text
    assert "log_uniform_values" in text


def test_a_sweep_without_runs_shows_how_to_start_an_agent(page, world):
    sweep = make_sweep(world.owner, CONFIG)
    text = page.get(f"{world.project_path}/sweeps/{sweep.sweep_id}").content.decode()
    assert f'wandb.agent("owner/demo/{sweep.sweep_id}"' in text


def test_a_run_shows_error_reason_and_curves(page, world):
    failed = page.get(f"{world.project_path}/runs/{world.runs[1].run_id}").content.decode()
    assert "ValueError: boom" in failed
    running = page.get(world.run_path).content.decode()
    assert "Drawn at random from the space, as suggestion 0" in running
    assert f"{world.run_path}/curve.json?metric=loss" in running


def test_a_run_without_a_sweep_has_a_page_too(page, world):
    assert "alone" in page.get(f"{world.project_path}/runs/{world.alone.run_id}").content.decode()


def test_config_and_summary_are_searched_by_name_and_value(page, world):
    Run.objects.filter(pk=world.alone.pk).update(config={"model": {"width": 64}, "kind": "wide", "other": 1})
    path = f"{world.project_path}/runs/{world.alone.run_id}"
    text = page.get(f"{path}?find=WID").content.decode()
    assert "config-model.width" in text
    assert "config-kind" in text
    assert "config-other" not in text


def test_a_config_of_ten_thousand_keys_is_cut_and_says_so(page, world):
    Run.objects.filter(pk=world.alone.pk).update(config={f"k{i:05d}": i for i in range(10_000)})
    path = f"{world.project_path}/runs/{world.alone.run_id}"
    text = page.get(path).content.decode()
    assert "The first 300 of 10,000" in text
    assert "config-k09999" in page.get(f"{path}?find=k09999").content.decode()
    assert page.get(world.project_path).status_code == 200


@pytest.mark.parametrize("query", ["sort=password", "state=done", "sort=config.%22"])
def test_a_question_that_the_table_cannot_answer_is_refused(page, world, query):
    assert page.get(f"{world.sweep_path}?{query}").status_code == 400
    answer = page.get(f"{world.sweep_path}?{query}&fragments=1")
    assert answer.status_code == 400
    assert "is no column" in answer.json()["message"] or "is not one of" in answer.json()["message"]


@pytest.mark.parametrize("query", ["page=-1", "page=x", "page=99999999999999999999", "size=7", "find=%00", "text=%00"])
def test_nonsense_in_the_query_is_ignored(page, world, query):
    for path in (world.project_path, world.sweep_path, world.run_path):
        assert page.get(f"{path}?{query}").status_code == 200


def test_short_addresses_lead_somewhere(page, world):
    assert page.get("/settings")["Location"] == reverse("keys")
    assert page.get("/admin")["Location"] == "/admin/"
    assert page.get(f"{world.project_path}/sweeps")["Location"] == world.project_path
    assert page.get(f"{world.project_path}/runs")["Location"] == world.project_path


@pytest.mark.parametrize(("path", "target"), [("/owner/", "/owner"), ("/login/?next=/x", "/login?next=/x")])
def test_a_slash_at_the_end_is_dropped(page, world, path, target):
    assert page.get(path)["Location"] == target


def test_no_address_redirects_to_another_server(page, world):
    for path in ("//evil.example/", "/%5Cevil.example/", "//evil.example/owner/"):
        response = page.get(path)
        assert not response.get("Location", "").startswith(("//", "/\\", "http"))


def test_health_needs_no_account(client, db):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
