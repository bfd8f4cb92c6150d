"""Curves as a person reads them: on the page of a sweep, of a run, and of compared runs."""

import re

import pytest
from playwright.sync_api import expect

from sweeps_app.models import Run
from sweeps_app.services.runs import RunDetails, run_update

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_curves_of_a_sweep_are_smoothed_grouped_and_joined_in_the_address(viewer, world):
    page = viewer.go(world.sweep_path)
    caption, panel = page.locator("#curves-caption"), page.locator("#curves-panel")
    page.locator("#curves").scroll_into_view_if_needed()
    expect(caption).to_have_text("loss by step of 11 runs; the best run stands out.")
    panel.get_by_label("Smoothing", exact=True).select_option(label="Moving average")
    expect(caption).to_contain_text("moving average of weight 0.6")
    panel.get_by_label("Amount of smoothing").fill("90")
    expect(caption).to_contain_text("weight 0.9")
    panel.get_by_label("Group by").select_option(label="by optimizer")
    panel.get_by_label("Runs together").select_option(label="Mean, standard error")
    expect(caption).to_have_text(re.compile("^Mean ± standard error of loss by step, grouped by optimizer, of 11 runs"))
    panel.get_by_label("Runs of different lengths").select_option(label="Hold last value")
    expect(caption).to_contain_text("keeps its last value")
    panel.get_by_label("log y").check()
    expect(page).to_have_url(re.compile(r"curve\.logy=1.*curve\.band=stderr|curve\.band=stderr.*curve\.logy=1"))
    # What else changes the address, and what comes with news, leaves the choice alone.
    page.get_by_role("link", name="loss", exact=True).click()
    expect(page).to_have_url(re.compile(r"sort=.*curve\.ends=hold|curve\.ends=hold.*sort="))
    viewer.look_for_news()
    expect(panel.get_by_label("Runs together")).to_have_value("stderr")
    page.reload()
    page.locator("#curves").scroll_into_view_if_needed()
    expect(caption).to_contain_text(
        "keeps its last value to the end; smoothed by an exponential moving average of weight 0.9"
    )
    expect(panel.get_by_label("log y")).to_be_checked()
    panel.get_by_label("Runs together").select_option(label="Each run")
    expect(panel.get_by_label("Runs of different lengths")).to_be_hidden()
    panel.get_by_text("Show as a table").click()
    expect(panel.get_by_role("columnheader", name="step")).to_be_visible()


def test_a_run_is_described_and_compared_with_the_best(viewer, world):
    page, run = viewer.go(world.run_path), world.runs[0]
    page.get_by_role("link", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Name, tags and notes")
    dialog.get_by_label("Tags").fill("baseline, long")
    dialog.get_by_role("textbox", name="Notes").fill("A **good** one")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("region", name="Preview").locator("strong")).to_have_text("good")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Notes", exact=True).locator("strong")).to_have_text("good")
    assert Run.objects.get(pk=run.pk).tags == ["baseline", "long"]

    page.get_by_role("link", name="Edit").click()
    dialog.get_by_role("textbox", name="Notes").fill("mine")
    run_update(run=Run.objects.get(pk=run.pk), details=RunDetails(notes="hers"))
    viewer.errors.clear()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Somebody else has changed the notes")
    viewer.errors = [error for error in viewer.errors if "409" not in error]
    dialog.get_by_label("Replace what somebody else").check()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Notes", exact=True)).to_contain_text("mine")

    page.get_by_label("Horizontal axis").select_option(label="by loss")
    expect(page.locator(".caption").first).to_have_text("10 values of loss by loss.")
    page.get_by_role("link", name="Compare with best").click()
    expect(page.get_by_role("heading", name="2 runs side by side")).to_be_visible()
    expect(page.locator("#compared-1-caption")).to_have_text("loss of 2 runs by step.")
    page.get_by_label("Smoothing", exact=True).select_option(label="Gaussian")
    expect(page.locator("#compared-1-caption")).to_contain_text("gaussian of 60 points")
    page.get_by_label("Metric to add").fill("epoch")
    page.get_by_role("button", name="Add chart").click()
    expect(page.locator("#compared-2 .plot-message")).to_have_text("None of these runs has logged epoch by step.")
    page.get_by_role("link", name="Remove the chart of loss").click()
    expect(page.locator("#compared-2")).to_have_count(0)
    expect(page.get_by_label("Smoothing", exact=True)).to_have_value("gaussian")
