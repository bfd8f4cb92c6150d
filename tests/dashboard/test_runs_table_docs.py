"""docs/runs-table.md: every filter on it can be read, and finds what it says where that can be shown."""

import re
from pathlib import Path

import pytest

from sweeps_app.query.columns import ALIASES, FIELDS
from sweeps_app.query.parser import MAX_LENGTH, MAX_TESTS
from sweeps_app.selectors import run_groups, run_scope
from sweeps_app.selectors.run_scope import project_scope
from sweeps_app.selectors.runs import RunQuery, run_page
from sweeps_app.services.bulk import MAX_RUNS
from sweeps_app.services.ingest import history_append
from tests.factories import make_run, make_user

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "runs-table.md").read_text()
TABLE = TEXT.partition("| write |")[2].partition("\n\n")[0]
BLOCKS = re.findall(r"^```query\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
# What the language is not, within the table.
_NOT_QUERIES = {
    "lr",
    "optimizer",
    "layers",
    "augment",
    "<=",
    ">",
    ">=",
    "3",
    "3.0",
    '"true"',
    "!~",
    "ms",
    "s",
    "m",
    "h",
    "d",
}
_NOT_QUERIES |= {"w", "now", "today", "yesterday", "max.", "last.", "best."}
EXAMPLES = [text for text in re.findall(r"`([^`\n]+)`", TABLE) if text not in _NOT_QUERIES]
FIRST = {
    "lr": 1e-4, "optimizer": "adam", "layers": [64, 32], "augment": True, "val loss": 0.1, "model": {"depth": 2},
}  # fmt: skip


@pytest.fixture
def scope(db):
    user = make_user()
    first = make_run(user, name="run-001", config=FIRST, host="node-1", tags=["baseline"])
    history_append(run=first, offset=0, rows=[{"loss": 0.05, "train loss": 0.1}, {"loss": float("nan")}])
    make_run(user, name="plain", config={"layers": 3, "lr": 0.5})
    return project_scope(first.project)


def test_every_filter_can_be_read(scope):
    assert len(EXAMPLES) >= 25
    assert len(BLOCKS) == 4
    for query in (*EXAMPLES, *BLOCKS):
        run_page(scope, RunQuery(query=query))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('lr < 1e-3 and optimizer = "adam"', ["run-001"]),
        ("layers = 3", ["plain"]),
        ("layers != 3", ["run-001"]),
        ("optimizer not in (\"adam\", \"sgd\")", ["plain"]),
        ("layers contains 64", ["run-001"]),
        ("loss = nan", ["run-001"]),
        ("min.loss < 0.1", ["run-001"]),
        ("run-00", ["run-001"]),
    ],
)  # fmt: skip
def test_filters_find_what_the_page_says(scope, query, found):
    assert query in (*EXAMPLES, *(block.strip() for block in BLOCKS))
    assert [run.name for run in run_page(scope, RunQuery(query=query)).runs] == found


def test_names_and_bounds_are_those_of_the_code():
    names = TEXT.partition("| name | what it is |")[2].partition("\n\n")[0]
    told = set(re.findall(r"`(\w+)`", names))
    assert told == set(FIELDS) | set(ALIASES)
    for text in (
        f"{MAX_LENGTH:,} characters",
        f"{MAX_TESTS} tests",
        f"{run_groups.MAX_GROUPS:,} groups",
        f"{MAX_RUNS:,} runs",
    ):
        assert text in TEXT
    assert f"its {run_scope._NEWEST} newest runs and in the {run_scope._OLDEST}\noldest" in TEXT
    assert run_groups.MAX_KEYS == 5
