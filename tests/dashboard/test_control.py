import pytest
from django.test import Client

from sweeps_app.models import Run, Sweep


def _json(page, path):
    return page.post(path, headers={"Accept": "application/json"})


def test_a_sweep_is_paused_resumed_and_stopped_by_forms(page, world):
    for action, state in [("pause", "PAUSED"), ("resume", "RUNNING"), ("stop", "STOPPED")]:
        response = page.post(f"{world.sweep_path}/{action}")
        assert (response.status_code, response["Location"]) == (302, world.sweep_path)
        assert Sweep.objects.get().state == state
    assert "no new ones start" in page.get(world.sweep_path).content.decode()


def test_canceling_tells_the_runs_to_stop(page, world):
    assert _json(page, f"{world.sweep_path}/cancel").json()["message"].startswith("The sweep is canceled")
    assert Sweep.objects.get().state == "CANCELED"
    assert Run.objects.get(pk=world.runs[0].pk).stop_requested


def test_the_page_offers_what_the_state_allows_and_asks_before_it_cancels(page, world):
    text = page.get(world.sweep_path).content.decode()
    for action in ("pause", "stop", "cancel"):
        assert f'action="{world.sweep_path}/{action}"' in text
    assert "resume" not in text
    assert "Cancel this sweep?" in text
    page.post(f"{world.sweep_path}/cancel")
    Sweep.objects.update(finished_at=world.runs[1].finished_at)
    ended = page.get(world.sweep_path).content.decode()
    assert not any(f'action="{world.sweep_path}/{action}"' in ended for action in ("pause", "resume", "stop", "cancel"))


def test_what_the_state_does_not_allow_is_said(page, world):
    page.post(f"{world.sweep_path}/cancel")
    assert page.post(f"{world.sweep_path}/resume").status_code == 409
    answer = _json(page, f"{world.sweep_path}/resume")
    assert (answer.status_code, answer.json()["message"]) == (409, "cannot resume a sweep that is CANCELED")


def test_a_run_is_told_to_stop_once(page, world):
    assert _json(page, f"{world.run_path}/stop").json() == {"message": "The run is told to stop."}
    assert Run.objects.get(pk=world.runs[0].pk).stop_requested
    assert "told to stop" in page.get(world.run_path).content.decode()
    ended = f"{world.project_path}/runs/{world.runs[-1].run_id}/stop"
    assert _json(page, ended).status_code == 409


@pytest.mark.parametrize("path", ["{sweep}/pause", "{run}/stop", "/settings/keys", "/login", "/logout"])
def test_forms_need_the_token_of_the_page(world, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner)
    response = client.post(path.format(sweep=world.sweep_path, run=world.run_path))
    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()
    assert Sweep.objects.get().state == "RUNNING"


def test_a_session_that_has_ended_is_told_to_a_script(client, world):
    answer = client.post(f"{world.sweep_path}/pause", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (401, {"message": "Sign in again."})
