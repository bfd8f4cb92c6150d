"""The sweep editor as a person uses it: form and YAML in step, problems at their places, a sweep from the best runs."""

import re

import pytest
from playwright.sync_api import expect

from sweeps_app.models import Sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _checked(page):
    expect(page.locator("[data-sweep-editor]")).to_have_attribute("data-checked", "yes")


def _row(page, name):
    return page.locator(f'[data-noted="parameters.{name}"]')


def test_a_sweep_is_written_in_form_and_yaml_and_made(viewer, world):
    page = viewer.go(world.project_path)
    page.get_by_role("link", name="New sweep").click()
    _checked(page)
    text = page.get_by_role("textbox", name="Configuration as YAML")
    expect(_row(page, "batch_size").locator("rect")).to_have_count(3)
    values = _row(page, "batch_size").get_by_label("values of batch_size")
    values.fill("אבג, 1, דהו")
    shown = _row(page, "batch_size").locator(".drawn-values")
    expect(shown).to_contain_text("אבג")
    assert set(shown.locator("bdi").all_text_contents()) <= {"אבג", "1", "דהו"}  # each apart: none turns others around
    values.fill("32, 64, 128")

    page.get_by_role("button", name="Add a parameter").click()
    name = page.get_by_role("textbox", name="Name of parameter", exact=True)
    expect(name).to_be_focused()
    name.fill("dropout")
    name.press("Tab")
    page.get_by_role("combobox", name="Distribution of dropout").select_option("q_uniform")
    page.get_by_label("max of dropout").fill("0.5")
    page.get_by_label("q of dropout").press_sequentially("0.2")
    expect(_row(page, "dropout").locator(".note-warning")).to_contain_text("no multiple of q")
    expect(text).to_have_value(re.compile(r"# the name that the script logs[\s\S]*dropout:\n    distribution: q_unif"))
    page.get_by_role("button", name="Move up: dropout").click()
    page.get_by_role("button", name="Move up: dropout").click()
    expect(page.get_by_role("button", name="Move down: dropout")).to_be_focused()
    expect(text).to_have_value(re.compile(r"parameters:\n  dropout:"))

    text.fill(text.input_value().replace("max: 0.1", "max: 1.0e-5").replace("run_cap: 50", "run_cap: 12"))
    expect(page.get_by_label("Run cap")).to_have_value("12")
    expect(page.locator(".code-gutter .error")).to_have_count(1)
    page.get_by_role("button", name="parameters.learning_rate.min").click()
    low = page.get_by_label("min of learning_rate")
    expect(low).to_be_focused()
    expect(low).to_have_attribute("aria-invalid", "true")
    _checked(page)
    page.get_by_role("button", name="Make the sweep").click()
    expect(page.locator("[data-editor-notes] .note-error button").first).to_be_focused()
    low.fill("1.0e-6")
    expect(page.locator(".note-error")).to_have_count(0)

    sound = text.input_value()
    text.fill(sound.replace("[32", "[[32"))
    expect(page.get_by_text("The form follows again when it can")).to_be_visible()
    expect(page.locator("[data-editor-fields]")).to_have_attribute("inert", "")
    text.fill(sound)
    expect(page.get_by_text("The form follows again when it can")).to_be_hidden()
    expect(page.locator("[data-plan-runs]")).to_have_text("12 runs at the most.")
    _checked(page)
    page.get_by_role("button", name="Make the sweep").dblclick()
    expect(page.get_by_text("Nobody works on this sweep")).to_be_visible()
    made = Sweep.objects.exclude(pk=world.sweep.pk).get()
    assert set(made.config["parameters"]) == {"dropout", "learning_rate", "batch_size"}
    assert made.config["parameters"]["dropout"] == {"distribution": "q_uniform", "min": 0, "max": 0.5, "q": 0.2}


def test_a_sweep_is_made_from_the_best_runs_of_another_and_that_one_edited(viewer, world):
    page = viewer.go(world.sweep_path)
    page.get_by_role("link", name="New sweep from this one").click()
    _checked(page)
    expect(page.locator("[data-plan-basis]")).to_contain_text("of tuning")
    page.get_by_label("Narrow to the best").fill("25")
    page.get_by_label("of its runs, as").select_option("percent")
    page.get_by_role("button", name="Load").click()
    expect(page.get_by_text("narrowed to the best 3 of 10 runs by loss")).to_be_visible()
    _checked(page)
    assert float(page.get_by_label("max of lr").input_value()) < 0.1

    page = viewer.go(f"{world.sweep_path}/edit")
    _checked(page)
    expect(page.get_by_label("Method")).to_be_disabled()
    expect(page.get_by_role("button", name="Remove: lr")).to_be_disabled()
    page.get_by_label("max of lr").fill("0.05")
    page.get_by_label("Early stopping").select_option("patience")
    expect(page.get_by_label("min_delta")).to_be_visible()
    text = page.get_by_label("Configuration as YAML")
    text.press("Control+End")
    page.keyboard.type("seed: 5\n")
    expect(page.locator("[data-editor-notes]")).to_contain_text("cannot change while the sweep runs")
    text.fill(text.input_value().replace("seed: 5\n", ""))
    expect(page.locator(".note-error")).to_have_count(0)
    _checked(page)
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_text("Version 2 of the sweep holds")).to_be_visible()
    edited = Sweep.objects.get(pk=world.sweep.pk).config
    assert edited["parameters"]["lr"]["max"] == 0.05
    assert edited["early_terminate"]["patience"] == 10


def test_a_sweep_is_made_from_the_best_of_the_selected_runs(viewer, world):
    page = viewer.go(f'{world.sweep_path}?sel=[{{"number":"objective","in":[[0.5,null]]}}]')
    page.get_by_role("link", name="New sweep from this selection").click()
    _checked(page)
    page.get_by_label("Narrow to the best").fill("2")
    expect(page.get_by_label("only what was selected in its charts")).to_be_checked()
    page.get_by_role("button", name="Load").click()
    expect(page.get_by_text(re.compile("narrowed to the best 2 of [0-9]+ selected runs by loss"))).to_be_visible()
    _checked(page)
    page.get_by_label("only what was selected in its charts").uncheck()
    page.get_by_role("button", name="Load").click()
    expect(page.get_by_text("narrowed to the best 2 of 10 runs by loss")).to_be_visible()
    assert viewer.accessibility_problems() == []
