"""Agents are drained and released, and runs tried again, without leaving the page."""

import pytest
from playwright.sync_api import expect

from sweeps_app.models import Agent, Run
from tests.dashboard.world import add_fleet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_agent_is_drained_a_host_released_and_failed_runs_tried_again(viewer, world):
    agents = add_fleet(world)
    page = viewer.go(f"{world.project_path}/agents")
    page.evaluate("window.marker = 'same document'")
    other = page.locator(f"#agent-{agents[3].agent_id}")
    other.get_by_role("button", name="Drain").click()
    expect(other).to_contain_text("ends after its run")
    expect(other.get_by_role("button", name="Resume")).to_be_visible()
    other.get_by_role("button", name="Kill").click()
    page.get_by_role("button", name="Kill the agent").click()
    expect(other).to_contain_text("told to end")
    expect(other.get_by_role("button")).to_have_count(0)
    page.get_by_role("button", name="Release bad-node").click()
    expect(page.get_by_role("heading", name="In quarantine")).to_have_count(0)
    assert page.evaluate("window.marker") == "same document"
    assert not Agent.objects.exclude(quarantined_at=None).exists()
    failed = Run.objects.filter(state="failed")
    assert failed.count() == 1
    page = viewer.go(world.sweep_path)
    page.get_by_role("button", name="Try failed runs again (1)").click()
    page.get_by_role("button", name="Try again", exact=True).click()
    expect(page.get_by_role("button", name="Try failed runs again")).to_have_count(0)
    assert not failed.exists()
