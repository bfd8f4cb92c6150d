"""The sweep editor without a browser: what it says of a text, what it makes, and that it does so once."""

import json
from html import unescape
from urllib.parse import urlencode

import numpy as np
import pytest
from django.http import QueryDict

from dashboard.editor.check import check_text
from dashboard.editor.cost import cost_text
from dashboard.editor.preview import examples_preview, parameters_preview, runs_text
from dashboard.editor.start import BLANK, Narrowing, read_narrowing, start_from
from dashboard.editor.written import written
from sweeps_app.models import Run, Sweep
from sweeps_app.query.selection import Selection, read_selection
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from tests.factories import make_sweep

TEXT = """\
method: random
parameters:
  lr: {min: 1, max: 0.1}
  layers:
    values: [1, 2]
    probabilites: [0.5, 0.5]
  g:
    parameters:
      depth: {min: 1, max: 4}
"""


def _notes(text):
    return [(note.path, note.place and note.place.line, note.message) for note in check_text(text).notes]


def test_each_problem_has_its_line_and_sound_parameters_are_drawn_all_the_same():
    checked = check_text(TEXT)
    assert [(note.path, note.place) for note in checked.notes] == [
        ("parameters.lr.min", (3, 8)),
        ("parameters.layers.probabilites", (6, 5)),
    ]
    assert "did you mean 'probabilities'?" in checked.notes[1].message
    assert list(parameters_preview(checked)) == ["parameters.g.parameters.depth"]


@pytest.mark.parametrize(
    ("text", "path", "line", "message"),
    [
        ("method: [a\nparameters: 1", "", 2, "is no YAML: expected ',' or ']'"),
        ("method: random\nparameters:\n\tx: 1", "", 3, "indent with spaces"),
        ("method: random\nmethod: grid", "method", 2, "is there twice"),
        ("method: random\nparameters:\n  a: {values: [2020-01-01]}", "parameters.a.values[0]", 3, "quote it"),
        ("1: 2", "", 1, "the key 1 must be text"),
        ("on: 2", "", 1, "the key on must be text"),
        ("? [1, 2]\n: 3", "", 1, "a key must be text"),
        ("a: !!python/object:os.system x", "a", 1, "a configuration cannot hold"),
        ("a: \x01", "", 1, "a character that YAML does not allow"),
        ("- 1", "", 1, "must be an object"),
        ("", "", None, "is empty"),
        ("method: random\nparameters:\n  a: {value: 1" + "0" * 400 + "}", "parameters.a.value", 3, "range of a double"),
        ("a: " + "[" * 600, "", None, "nested too deeply"),
        ("a: " + "[" * 60 + "]" * 60, "a" + "[0]" * 40, 1, "nested deeper"),
        ("a: &x [*x]", "a" + "[0]" * 40, 1, "nested deeper"),
        (
            "\n".join(["a0: &a0 [1, 1]", *(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 9}]" for i in range(1, 9))]),
            "",
            None,
            "100,000",
        ),
    ],
)
def test_what_no_configuration_can_be_is_refused_at_its_place(text, path, line, message):
    (found, *_) = _notes(text)
    assert (found[0], found[1]) == (path, line)
    assert message in found[2]


def test_merged_keys_stand_where_they_are_written():
    text = "method: random\nparameters:\n  a: &law {min: 1.0, max: 0.5}\n  b:\n    <<: *law\n    max: 2\n"
    assert [(path, line) for path, line, _ in _notes(text)] == [("parameters.a.min", 3)]


def test_what_is_written_is_read_again():
    config = {
        "method": "tpe",
        "metrics": [{"name": "a"}, {"name": "b", "goal": "maximize", "impute": "best"}],
        "constraints": ["k < 3"],
        "parameters": {
            "u": {"min": 1, "max": 2.5},
            "w": {"distribution": "uniform", "min": 1, "max": 2},
            "k": {"min": 1, "max": 3},
            "y": {"value": {"a": [1, {"b": 2}], "empty": {}}},
            "v": {"values": ["yes", "1", None, "2020-01-01", 1e-7, "ä: #"]},
            "p": {"values": [[1], 2], "probabilities": [0.5, 0.5]},
            "g": {"parameters": {"x": {"values": [1, 2]}}, "when": {"v": [None]}},
        },
    }
    normalised = check_config(config).config
    text = written(normalised)
    assert check_text(text).config == normalised
    assert "values: ['yes', '1', null, '2020-01-01', 1.0e-07, 'ä: #']" in text
    assert "impute: worst" not in text
    assert list(check_text(text).given) == ["method", "metrics", "parameters", "constraints"]


def test_previews_say_what_agents_get():
    config = check_config(
        {
            "method": "grid",
            "program": "train.py",
            "command": ["${env}", "${interpreter}", "${program}", "${envvar:HOME}", "${args}", "--lr=${lr}"],
            "parameters": {"lr": {"values": [0.1, 0.2]}, "name": {"values": ["a b"]}},
        }
    ).config
    assert examples_preview(config)[0] == {
        "config": '{\n "lr": 0.1,\n "name": "a b"\n}',
        "command": "/usr/bin/env python train.py '${envvar:HOME}' --lr=0.1 '--name=a b' --lr=0.1",
    }
    assert runs_text(config, space_from_config(config)) == "The grid has 2 points: 2 runs at the most."
    absent = config | {"command": ["${other}"]}
    assert "no parameter 'other'" in examples_preview(absent)[0]["command"]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"method": "random", "run_cap": 50}, "50 runs at the most."),
        ({"method": "random"}, "The sweep has no end: set run_cap, or stop it by hand."),
        ({"method": "qmc"}, "There are 3 different configurations: 3 runs at the most."),
        ({"method": "grid", "repeats": 2, "run_cap": 5}, "The grid has 3 points: 5 runs at the most."),
    ],
)
def test_the_number_of_runs_in_words(config, expected):
    normalised = check_config(config | {"parameters": {"x": {"values": [1, 2, 3]}}}).config
    assert runs_text(normalised, space_from_config(normalised)) == expected


def test_the_cost_in_words():
    seconds = np.array([60.0, 120.0, 180.0])
    found = cost_text(seconds, runs=50, agents=4, source="tuning", stops_early=False)
    assert found.estimate.startswith("About 26m 00s with 4 agents, 1h 40m of compute; up to 36m")
    assert found.basis == "By 3 runs of tuning that ended: 2m 00s in the median, nine of ten within 2m 48s."
    assert "nobody knows" in cost_text(seconds, runs=None, agents=1, source="tuning", stops_early=False).estimate
    assert "unknown" in cost_text(np.array([]), runs=5, agents=1, source="tuning", stops_early=False).estimate
    assert "No further run" in cost_text(seconds, runs=0, agents=1, source="tuning", stops_early=True).estimate


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("best=10", Narrowing(10, False)),
        ("best=10&unit=percent", Narrowing(10, True)),
        ("best=2.5%25", Narrowing(2.5, True)),
        ("best=", None),
        ("best=nan", None),
        ("best=0", None),
        ("best=101&unit=percent", None),
        ("best=many", None),
    ],
)
def test_a_narrowing_is_read_from_the_address(query, expected):
    assert read_narrowing(QueryDict(query)) == expected


def test_the_blank_text_is_sound():
    checked = check_text(BLANK)
    assert checked.config is not None
    assert checked.notes == ()


def test_a_start_is_narrowed_to_the_best_runs(world):
    start = start_from(world.sweep, Narrowing(2, is_share=False), Selection())
    best = [run.config["lr"] for run in world.runs[-2:]]
    law = start.config["parameters"]["lr"]
    assert 1e-5 < law["min"] < min(best) < max(best) < law["max"] < 0.1
    assert start.config["name"] == "tuning (copy)"
    assert "narrowed to the best 2 of 6 runs by loss" in start.notes[1]
    empty = make_sweep(world.owner, world.sweep.config)
    unchanged = start_from(empty, Narrowing(2, is_share=False), Selection()).config
    assert unchanged["parameters"] == world.sweep.config["parameters"]


def test_a_start_is_narrowed_to_what_the_address_selects(page, world):
    address = f"{world.project_path}/sweeps/new?from={world.sweep.sweep_id}"
    query = urlencode({"sel": '[{"category": "config.optimizer", "in": ["adam"]}]'})
    html = page.get(f"{address}&{query}").content.decode()
    assert "narrowed to what was selected in the charts" in html
    text = html[html.index('name="config"') :].partition(">")[2].partition("</textarea>")[0]
    checked = check_text(unescape(text))
    assert not checked.problems
    assert checked.config["parameters"]["optimizer"]["values"] == ["adam"]
    assert page.get(f"{address}&sel=nonsense").status_code == 400


def test_the_best_of_the_selected_runs_narrow_a_start(page, world):
    sel = json.dumps([{"number": "objective", "in": [[0.5, None]]}])
    chosen = sorted((r for r in world.runs if r.state == "finished" and r.objective >= 0.5), key=lambda r: r.objective)
    start = start_from(world.sweep, Narrowing(2, is_share=False), read_selection(sel))
    best = [run.config["lr"] for run in chosen[:2]]
    law = start.config["parameters"]["lr"]
    assert law["min"] <= min(best) < max(best) <= law["max"]
    assert f"narrowed to the best 2 of {len(chosen)} selected runs by loss" in start.notes[2]
    none = start_from(world.sweep, Narrowing(2, is_share=False), read_selection('[{"runs": ["none"]}]'))
    assert "no selected run of" in none.notes[2]

    address = f"{world.project_path}/sweeps/new?{urlencode({'from': world.sweep.sweep_id, 'sel': sel, 'best': 2})}"
    html = page.get(address).content.decode()
    assert f"the best 2 of {len(chosen)} selected runs" in html
    assert f'<input type="hidden" name="selected_in" value="{world.sweep.sweep_id}">' in html
    other = page.get(f"{address}&selected_in=another").content.decode()
    assert "the best 2 of 6 runs" in other
    assert 'name="sel"' not in other


def test_a_sweep_is_made_once_however_often_the_form_is_sent(page, world):
    text = BLANK.replace("loss", "accuracy")
    sent = {"config": text, "request_id": "abc"}
    first, second = (page.post(f"{world.project_path}/sweeps/new", sent) for _ in range(2))
    made = Sweep.objects.get(metric_name="accuracy")
    assert first.status_code == 302
    assert first.url == second.url == f"{world.project_path}/sweeps/{made.sweep_id}#agents"
    assert "begins when an agent asks" in page.get(first.url).content.decode()


def test_a_refused_text_is_kept_with_its_problems(page, world):
    answer = page.post(f"{world.project_path}/sweeps/new", {"config": TEXT, "request_id": "abc"})
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert "No sweep was made: 2 problems" in shown
    assert "line 3, column 8" in shown
    assert "probabilites: [0.5, 0.5]" in shown
    assert Sweep.objects.count() == 1
    assert page.post(f"{world.project_path}/sweeps/new", {"config": "", "request_id": "x" * 65}).status_code == 400


def test_the_start_is_in_the_address(page, world):
    address = f"{world.project_path}/sweeps/new?from={world.sweep.sweep_id}"
    assert "name: tuning (copy)" in page.get(address).content.decode()
    assert "narrowed to the best 1 of 6 runs" in page.get(f"{address}&best=10&unit=percent").content.decode()
    assert "no such sweep" in page.get(f"{world.project_path}/sweeps/new?from=nothing%00").content.decode()


def _check(page, path, **given):
    answer = page.post(path, {"config": BLANK} | given, headers={"accept": "application/json"})
    return answer.status_code, json.loads(answer.content)


def test_a_look_tells_problems_draws_runs_and_cost(page, world):
    path = f"{world.project_path}/sweeps/new/check"
    status, found = _check(page, path, agents="5", basis=world.sweep.sweep_id)
    assert status == 200
    assert found["notes"] == []
    assert sum(found["parameters"]["parameters.learning_rate"]["counts"]) == 2_000
    sizes = found["parameters"]["parameters.batch_size"]
    assert sizes["labels"] == ["32", "64", "128"]
    assert (sizes["before"], sizes["after"]) == ("such as", "")
    assert set(sizes["samples"]) <= {"32", "64", "128"}
    assert found["plan"]["runs"] == "50 runs at the most."
    assert found["plan"]["cost"]["estimate"].startswith("About 5m 00s with 5 agents, 25m 00s of compute")
    assert "By 6 runs of tuning" in found["plan"]["cost"]["basis"]
    assert len(found["plan"]["examples"]) == 3
    status, found = _check(page, path, config=TEXT)
    assert found["plan"] is None
    assert found["notes"][0] | {"message": ""} == {
        "level": "error",
        "path": "parameters.lr.min",
        "message": "",
        "line": 3,
        "column": 8,
    }
    assert _check(page, path, agents="0") == (
        400,
        {"message": "agents: Ensure this value is greater than or equal to 1."},
    )


def test_without_ended_runs_of_the_basis_the_project_tells(page, world):
    empty = make_sweep(world.owner, world.sweep.config)
    _, found = _check(page, f"{world.project_path}/sweeps/new/check", basis=empty.sweep_id)
    assert "runs of this project" in found["plan"]["cost"]["basis"]
    Run.objects.all().delete()
    _, found = _check(page, f"{world.project_path}/sweeps/new/check")
    assert found["plan"]["cost"]["estimate"] == "The cost is unknown."


def test_a_running_sweep_keeps_what_is_fixed(page, world):
    text = written(world.sweep.config)
    changed = text.replace("method: random", "method: bayes").replace("epochs:", "rounds:")
    _, found = _check(page, f"{world.sweep_path}/edit/check", config=changed)
    lines = changed.split("\n")
    assert [(note["path"], lines[note["line"] - 1]) for note in found["notes"]] == [
        ("method", "method: bayes"),
        ("parameters.epochs", "parameters:"),
        ("parameters.rounds", "  rounds:"),
    ]
    assert page.post(f"{world.sweep_path}/edit", {"config": changed}).status_code == 400
    assert page.post(f"{world.sweep_path}/edit", {"config": text.replace("0.1", "0.05")}).status_code == 302
    world.sweep.refresh_from_db()
    assert (world.sweep.version, world.sweep.config["parameters"]["lr"]["max"]) == (2, 0.05)


def test_others_see_neither_editor_nor_look(stranger, world):
    assert stranger.get(f"{world.project_path}/sweeps/new").status_code == 404
    assert stranger.post(f"{world.project_path}/sweeps/new", {"config": BLANK}).status_code == 404
    assert stranger.post(f"{world.project_path}/sweeps/new/check", {"config": BLANK}).status_code == 404
    assert stranger.post(f"{world.sweep_path}/edit/check", {"config": BLANK}).status_code == 404
