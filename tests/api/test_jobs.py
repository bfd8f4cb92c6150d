"""Agent jobs and programs by REST."""

import pytest

from sweeps_app.models import AgentJob, Entity, Membership
from sweeps_app.services.job_console import Printed
from sweeps_app.services.jobs import job_claim, job_finish
from tests.api.client import Api, problems
from tests.factories import make_sweep, make_user, make_worker


@pytest.fixture
def sweep(user):
    return make_sweep(user)


def test_agents_are_launched_followed_and_launched_again(api, sweep):
    wanted = {"request_id": "r1", "program": "digits", "agents": 2, "count": 3, "slots": 2}
    made = api.post(f"/sweeps/{sweep.sweep_id}/jobs/launch", wanted)
    again = api.post(f"/sweeps/{sweep.sweep_id}/jobs/launch", wanted)
    assert (made.status_code, again.status_code) == (201, 200)
    first, second = made.json()["jobs"]
    assert again.json()["jobs"] == [first, second]
    assert (first["state"], first["waiting"], first["slots"]) == ("queued", "no worker listens to queue agents", 2)
    worker = make_worker()
    job = job_claim(job_id=first["job_id"], worker=worker)
    assert api.get(f"/jobs/{first['job_id']}").json()["worker"] == worker.name
    assert api.post(f"/jobs/{first['job_id']}/relaunch").status_code == 409
    assert api.post(f"/jobs/{first['job_id']}/drain").json()["drain_requested"]
    job_finish(job=job, exit_code=0, output=Printed(0, [(1.0, "stdout", "hello")]))
    ended = api.get(f"/jobs/{first['job_id']}").json()
    assert (ended["state"], ended["reason"], ended["output_tail"]) == ("finished", "drained", "hello\n")
    relaunched = [api.post(f"/jobs/{first['job_id']}/relaunch") for _ in range(2)]
    assert [answer.status_code for answer in relaunched] == [201, 200]
    assert {answer.json()["relaunch_of"] for answer in relaunched} == {first["job_id"]}
    assert api.post(f"/jobs/{second['job_id']}/drain").json()["state"] == "finished"
    assert AgentJob.objects.count() == 3


def test_programs_are_registered_changed_and_removed_by_admins(api, user, sweep, tmp_path, settings):
    settings.PROGRAM_ROOTS = [tmp_path]
    place = "/projects/ada/demo/programs"
    body = {"name": "train", "kind": "folder", "source": str(tmp_path), "secrets": ["TOKEN"]}
    assert [api.post(place, body).status_code for _ in range(2)] == [201, 200]
    assert api.post(place, body | {"source": "/etc"}).status_code == 400
    assert problems(api.post(place, body | {"secrets": []})) == [(None, "conflict")]
    changed = api.patch(f"{place}/train", {"environment": {"A": "1"}, "enabled": False}).json()
    assert (changed["environment"], changed["secrets"], changed["enabled"]) == ({"A": "1"}, ["TOKEN"], False)
    assert problems(api.post(f"/sweeps/{sweep.sweep_id}/jobs", {"program": "train"})) == [("program", "invalid")]
    team = Entity.objects.create(name="team")
    Membership.objects.create(entity=team, user=user, role=Membership.Role.ADMIN)
    member = make_user("bob")
    Membership.objects.create(entity=team, user=member)
    sweep.project.entity = team
    sweep.project.save()
    theirs, place = Api.of(member), "/projects/team/demo/programs"
    assert theirs.get(place).json()["results"] == [changed]
    for method, path in (("POST", place), ("PATCH", f"{place}/train"), ("DELETE", f"{place}/train")):
        sent = body | {"name": "mine"} if method == "POST" else {}
        assert (theirs.send(method, path, sent).status_code) == 403
    assert api.send("DELETE", f"{place}/train").status_code == 204
    assert api.get(f"{place}/train").status_code == 404
