"""Whatever belongs to others does not exist: every address of the API, asked by a stranger and by nobody at all."""

import re
from pathlib import Path

import pytest

from sweeps_app.api.urls import urlpatterns
from sweeps_app.api.views.missing import MissingView
from sweeps_app.models import AgentJob, ConsoleChunk, Program, Project, Run, RunFile, ShareLink, Sweep
from tests.api.client import Api, problems
from tests.factories import RANDOM_CONFIG, ask, make_agent, make_sweep

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PUBLIC = {"schema", "docs"}
# Addresses that name nothing of anybody: what a stranger sees there is the stranger's own.
OWN = {"me", "projects", "projects/import", "runs", "sweeps", "sweeps/validate"}
ROUTES = [pattern for pattern in urlpatterns if getattr(pattern.callback, "view_class", None) is not MissingView]
OPERATIONS = [
    (str(route.pattern), method)
    for route in ROUTES
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    if str(route.pattern) not in PUBLIC and hasattr(route.callback.view_class, method.lower())
]
NAMED = [(route, method) for route, method in OPERATIONS if route not in OWN]
# Bodies that would be accepted from a member, so that nothing but the stranger's being one is refused.
BODIES = {
    "runs/…/history": {"offset": 0, "rows": [{"loss": 1}]},
    "runs/…/console": {"offset": 0, "lines": [[1.0, "stdout", "hello"]]},
    "runs/…/system": {"offset": 0, "rows": [{"cpu": 1.5}]},
    "runs/…/finish": {"exit_code": 0},
    "sweeps/…/agents": {"agent_id": "stranger1"},
    "sweeps/…/jobs": {"program": "digits"},
    "sweeps/…/jobs/launch": {"program": "digits", "agents": 2, "request_id": "q"},
    "projects/…/programs": {"name": "other", "kind": "folder", "source": str(EXAMPLES)},
    "sweeps/…/config": {"config": RANDOM_CONFIG},
    "sweeps/…/suggestions": {"suggestions": [{"request_id": "q", "config": {"lr": 0.01, "layers": 1}}]},
    "sweeps/…/what-if": {"early_terminate": {"type": "median", "min_iter": 1}},
    "projects/…/runs/delete": {"run_ids": ["r"]},
    "projects/…/runs/update": {"run_ids": ["r"], "hidden": True},
    "projects/…/runs/stop": {"run_ids": ["r"]},
    "projects/…/views/…": {"settings": {"query": "lr < 1"}},
    "sweeps/…/views/…": {"settings": {"sort": "objective"}},
    "sweeps/…/shares": {"name": "all"},
    "agents/…/next": {"request_id": "q"},
}
QUERIES = {"runs/…/curve": "?metric=loss", "runs/…/system/curve": "?metric=cpu"}


@pytest.fixture
def names(user, settings):
    """Return the names that stand in addresses, of things that belong to the first person."""
    sweep = make_sweep(user)
    agent = make_agent(user, sweep)
    run = ask(agent)
    job = AgentJob.objects.create(
        project=sweep.project, sweep=sweep, program="digits", created_by=user, state=AgentJob.State.STOPPED
    )
    settings.PROGRAM_ROOTS = [EXAMPLES]
    Program.objects.create(project=sweep.project, name="train", kind="folder", source=str(EXAMPLES))
    ShareLink.objects.create(sweep=sweep, share_id="share001", digest="0" * 64, created_by=user)
    return {
        "entity": user.username,
        "project": sweep.project.name,
        "run_id": run.run_id,
        "sweep_id": sweep.sweep_id,
        "agent_id": agent.agent_id,
        "job_id": job.job_id,
        "program": "train",
        "path": "model.bin",
        "form": "csv",
        "view": "mine",
        "share_id": "share001",
    }


def short(route):
    """Return a route with each of its variable parts as an ellipsis."""
    return re.sub(r"<[^>]*>(/<[^>]*>)*", "…", route)


def filled(route, names):
    """Return the path of a route."""
    return "/" + re.sub(r"<\w+:(\w+)>", lambda match: names[match[1]], route) + QUERIES.get(short(route), "")


def state(names):
    """Return what a stranger could have changed."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Project, Program, Run, Sweep, AgentJob, ConsoleChunk, RunFile)
    ]


@pytest.mark.parametrize(("route", "method"), NAMED)
def test_a_stranger_finds_nothing_in_the_words_for_what_does_not_exist(stranger, names, route, method):
    before = state(names)
    answer = stranger.send(method, filled(route, names), BODIES.get(short(route)))
    assert (answer.status_code, problems(answer)) == (404, [(None, "not_found")])
    absent = dict.fromkeys(names, "absent01") | {"form": names["form"]}
    nothing = stranger.send(method, filled(route, absent), BODIES.get(short(route)))
    assert nothing.status_code == 404
    assert _words(answer, names) == _words(nothing, absent)
    assert state(names) == before


@pytest.mark.parametrize(("route", "method"), NAMED)
def test_a_member_gets_an_answer_where_a_stranger_gets_none(api, names, route, method):
    logged = {"offset": 0, "rows": [{"loss": 1}]}
    run = "runs/<name:entity>/<name:project>/<name:run_id>"
    api.post(filled(f"{run}/history", names), logged)
    api.post(filled(f"{run}/system", names), BODIES["runs/…/system"])
    api.send("PUT", filled(f"{run}/files/<filepath:path>", names), b"weights")
    answer = api.send(method, filled(route, names), BODIES.get(short(route)))
    # A conflict, too, is what a stranger does not get to see: the server decides for this sweep, and the run goes on.
    may_conflict = route.endswith(("suggestions", "run_id>/retry"))
    assert answer.status_code in (200, 201, 204) or (may_conflict and answer.status_code == 409)


@pytest.mark.parametrize(("route", "method"), OPERATIONS)
def test_nobody_without_credentials_gets_anything(names, route, method):
    before = state(names)
    for credentials in (Api(), Api("x" * 48)):
        answer = credentials.send(method, filled(route, names), BODIES.get(short(route)))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert problems(answer)
    assert state(names) == before


def test_lists_show_a_stranger_nothing_of_others(stranger, names):
    for path in ("/projects", "/sweeps"):
        assert stranger.get(path).json() == {"count": 0, "page": 1, "pages": 1, "results": []}
    assert [e["name"] for e in stranger.get("/me").json()["entities"]] == ["mallory"]


def test_a_stranger_makes_nothing_in_an_entity_of_others(stranger, names):
    before = state(names)
    config = {"method": "random", "parameters": {"a": {"value": 1}}}
    theirs = {"entity": names["entity"]}
    for path, body in [
        ("/projects", {"name": "p"} | theirs),
        ("/runs", {"project": names["project"], "run_id": names["run_id"]} | theirs),
        ("/sweeps", {"config": config} | theirs),
        ("/sweeps", {"config": config | theirs}),
    ]:
        answer = stranger.post(path, body)
        assert (answer.status_code, problems(answer)) == (404, [(None, "not_found")])
    assert state(names) == before


def test_an_agent_of_another_person_takes_no_id_from_a_member_of_a_team(stranger, names):
    config = {"method": "random", "parameters": {"a": {"value": 1}}}
    sweep_id = stranger.post("/sweeps", {"config": config}).json()["sweep_id"]
    assert stranger.post(f"/sweeps/{sweep_id}/agents", {"agent_id": names["agent_id"]}).status_code == 409


def _words(answer, names):
    text = answer.json()["errors"][0]["detail"]
    for name, value in names.items():
        text = text.replace(value, f"<{name}>" if value != "absent01" else "<>")
    return re.sub(r"<\w*>", "<>", text)
