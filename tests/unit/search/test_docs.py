"""docs/search.md names every method and every stopping rule, with the settings of each rule."""

import re
from pathlib import Path

import pytest

from sweeps_app.search.problems import Report
from sweeps_app.search.schema_stopping import check_early_terminate
from sweeps_app.search.suggest import METHODS
from sweeps_app.stopping.decide import RULES

TEXT = (Path(__file__).parents[3] / "docs" / "search.md").read_text()
SMALLEST = {"hyperband": {"max_iter": 9, "s": 1, "min_iter": 1}, "patience": {"patience": 1}, "asha": {"max_iter": 9}}


def _section(name):
    found = re.search(rf"^## `{name}`\n(.*?)(?=^#|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_described(method):
    assert f"`{method}`" in TEXT


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_section_with_its_settings(rule):
    checked = check_early_terminate(Report(), {"early_terminate": {"type": rule} | SMALLEST.get(rule, {})})
    settings = checked["early_terminate"].keys() - {"type"}
    assert settings
    assert all(f"`{setting}`" in _section(rule) for setting in settings)


def test_the_schema_knows_every_rule_and_no_other():
    report = Report()
    check_early_terminate(report, {"early_terminate": {"type": "nothing"}})
    assert set(RULES) == set(re.findall(r"\w+", report.problems[0].message.split(", not")[0])) - {"must", "be", "or"}
