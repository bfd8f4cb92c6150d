"""Whoever asks what matters chooses the metric, the parameter and the pair, and can share what is shown."""

import math
import re

import pytest
from playwright.sync_api import expect

from sweeps_app.services.analysis import importance_compute
from tests.browser.chromium import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_TITLE = "(id) => document.getElementById(id)?._fullLayout?.{}?.title?.text"


def _let_parameters_matter(world):
    for run in world.runs:
        run.objective = math.log10(run.config["lr"]) + 5 * (run.config["optimizer"] == "sgd")
        run.save(update_fields=["objective"])


@pytest.mark.parametrize("world", [40], indirect=True)
def test_what_matters_is_asked_by_metric_parameter_and_pair(viewer, world):
    _let_parameters_matter(world)
    for target in ("loss", "epoch"):
        importance_compute(sweep_id=world.sweep.pk, target=target)
    page = viewer.go(world.sweep_path)
    page.locator("#importance").scroll_into_view_if_needed()
    expect(page.locator("#importance-notes")).to_contain_text("The same in all runs, and so not ranked: epochs.")
    wait_until(page, "document.querySelectorAll('#importance .point path').length >= 2")
    box = page.locator("#importance .point path").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    expect(page.locator(".tooltip")).to_contain_text("Importance")

    page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)  # the bar of the most important one
    expect(page.locator("#dependence-parameter")).to_have_value("optimizer")
    expect(page).to_have_url(re.compile("parameter=optimizer"))
    name = page.get_by_role("button", name="Show the dependence of optimizer")
    expect(name).to_have_attribute("aria-pressed", "true")
    name.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Show the dependence of lr")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#dependence-parameter")).to_have_value("lr")
    page.locator("#dependence").scroll_into_view_if_needed()
    wait_until(page, f"({_TITLE.format('xaxis')})('dependence') === 'lr'")
    expect(page.get_by_role("button", name="Show the dependence of lr")).to_be_focused()  # after the page was merged
    viewer.wait_for_fit()
    assert viewer.accessibility_problems() == []

    page.get_by_role("combobox", name="Parameter", exact=True).select_option("optimizer")
    page.locator("#dependence").scroll_into_view_if_needed()
    wait_until(page, f"({_TITLE.format('xaxis')})('dependence') === 'optimizer'")
    page.get_by_role("combobox", name="Together with").select_option("lr")
    wait_until(page, f"({_TITLE.format('yaxis')})('dependence') === 'lr'")
    expect(page.locator("#dependence-caption")).to_contain_text("for optimizer and lr")
    page.reload()
    page.locator("#dependence").scroll_into_view_if_needed()
    wait_until(page, f"({_TITLE.format('yaxis')})('dependence') === 'lr'")

    page.get_by_role("combobox", name="Importance for which metric").select_option("epoch")
    expect(page.locator("#importance")).to_contain_text("The metric has the same value in all runs.")
    assert "target=epoch" in page.url
    assert "parameter=optimizer" in page.url


@pytest.mark.parametrize("world", [60], indirect=True)
def test_what_matters_follows_the_selection(viewer, world, sent_tasks):
    _let_parameters_matter(world)
    page = viewer.go(world.sweep_path)
    page.locator("#parallel[data-chart-state=drawn]").wait_for(state="attached")
    axis = page.locator('[data-axis="config.optimizer"] .pc-line').bounding_box()
    page.mouse.move(axis["x"] + axis["width"] / 2, axis["y"] + 2)
    page.mouse.down()
    page.mouse.move(axis["x"] + axis["width"] / 2, axis["y"] + axis["height"] * 0.4, steps=4)
    page.mouse.up()
    expect(page.locator(".chip")).to_have_count(1)
    page.locator("#importance").scroll_into_view_if_needed()
    expect(page.locator("#importance")).to_contain_text("among the selected runs")
    asked = next(asked for _, asked in sent_tasks if "selection" in asked)
    importance_compute(**asked)
    importance_compute(sweep_id=world.sweep.pk)
    caption = page.locator("#importance-caption")
    expect(caption).to_contain_text("selected runs")
    expect(page.locator("#importance-notes")).to_contain_text("The same in all selected runs")
    page.locator("#dependence").scroll_into_view_if_needed()
    expect(page.locator("#dependence-caption")).to_contain_text("selected runs")

    page.get_by_role("combobox", name="of which runs").select_option("all")
    expect(page.locator("#dependence-caption")).not_to_contain_text("selected")
    expect(caption).not_to_contain_text("selected")
    assert "of=all" in page.url
    page.get_by_role("combobox", name="of which runs").select_option("")
    expect(caption).to_contain_text("selected runs")
    page.get_by_role("link", name="Clear", exact=True).click()
    expect(caption).not_to_contain_text("selected")
