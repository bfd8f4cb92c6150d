"""Agents are launched and their output followed, in a real browser."""

import pytest
from playwright.sync_api import expect

from sweeps_app.models import AgentJob
from sweeps_app.services.job_console import Printed
from sweeps_app.services.job_launch import job_launch
from sweeps_app.services.jobs import job_beat, job_claim, job_finish
from tests.factories import make_worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_agents_are_launched_from_the_dialog_and_appear_in_the_page(viewer, world):
    page = viewer.go(world.sweep_path)
    page.evaluate("window.marker = 'same document'")
    page.get_by_role("link", name="Launch agents").click()
    dialog = page.get_by_role("dialog", name="Launch agents")
    expect(dialog).to_be_visible()
    assert viewer.accessibility_problems() == []
    dialog.get_by_label("Agents", exact=True).fill("2")
    dialog.get_by_label("Queue").fill("no such queue")
    dialog.get_by_role("button", name="Launch").click()
    expect(dialog.get_by_role("alert")).to_contain_text("queue: Use 1 to 64 letters")
    viewer.errors = [error for error in viewer.errors if "400" not in error]
    for queue in ("gpu", "other"):
        dialog.get_by_label("Queue").fill(queue)
        dialog.get_by_role("button", name="Launch").click()
        expect(dialog).to_be_hidden()
        expect(page.get_by_text(f"no worker listens to queue {queue}")).to_have_count(2)
        page.get_by_role("link", name="Launch agents").click()
        expect(dialog.get_by_role("alert")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Launch agents")).to_be_focused()
    page.get_by_role("button", name="Stop job").first.click()
    page.get_by_role("button", name="Stop the job").click()
    expect(page.locator(".jobs .state-stopped")).to_have_count(1)
    assert page.evaluate("window.marker") == "same document"
    assert AgentJob.objects.count() == 4


def test_a_jobs_page_follows_what_it_prints_to_its_end(viewer, world):
    job = job_claim(
        job_id=job_launch(user=world.owner, sweep=world.sweep, program="digits").job_id, worker=make_worker()
    )
    page = viewer.go(f"{world.project_path}/jobs/{job.job_id}")
    expect(page.get_by_text("Nothing is printed yet")).to_be_visible()
    job_beat(job=job, output=Printed(0, [(1760000000.0, "stdout", "\x1b[32mfirst\x1b[0m line")]))
    expect(page.locator("#L1 .ansi-2")).to_have_text("first")
    job_finish(job=job, exit_code=3, output=Printed(1, [(1760000001.0, "stderr", f"line {n}") for n in range(2, 80)]))
    expect(page.locator("#L79")).to_be_in_viewport()
    expect(page.locator("main .pill")).to_contain_text("failed")
    page.get_by_role("button", name="Launch again").click()
    expect(page.get_by_text(f"repeats {job.job_id}")).to_be_visible()
