"""What is selected in charts: what an address means, and that page and server mean the same by it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from sweeps_app.analysis.encoding import ParameterAxis, axis_columns
from sweeps_app.query.polygon import inside
from sweeps_app.query.selection import NOTHING_SELECTED, Labels, Numbers, Selection, SelectionError, read_selection

CASES = json.loads((Path(__file__).parent / "selection_cases.json").read_text())


def test_an_address_is_written_as_it_is_read():
    clauses = [clause for _, case, _ in CASES["cases"] for clause in case]
    read = read_selection(json.dumps(clauses))
    assert read_selection(str(read)) == read
    assert json.loads(str(read)) == json.loads(json.dumps(clauses))
    assert read.without(0).clauses == read.clauses[1:]


def test_nothing_is_selected_by_an_empty_address():
    assert read_selection(" ") == NOTHING_SELECTED
    assert not NOTHING_SELECTED
    assert str(Selection()) == ""


def test_names_are_those_of_the_table():
    read = read_selection('[{"number": "created", "in": [[null, 5]]}, {"category": "state", "in": ["failed", null]}]')
    assert read.clauses == (Numbers("created_at", ((None, 5.0),)), Labels("state", ("failed",), missing=True))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "is no JSON"),
        ("[" * 5000, "is no JSON"),
        ("x" * 30_000, "more than 20,000 characters"),
        ('{"runs": ["a"]}', "must be a list"),
        ("[1]", "[0] is no clause: it needs one of number, category, lasso, runs"),
        ('[{"number": "color", "in": [[1, 2]]}]', "[0].number names no column of charts"),
        ('[{"number": "tags", "in": [[1, 2]]}]', "[0].number names no column of charts"),
        ('[{"number": "config.lr", "in": []}]', "[0].in must be a list of at least one entry"),
        ('[{"number": "config.lr", "in": [[2, 1]]}]', "[0].in[0] must be [low, high]"),
        ('[{"number": "config.lr", "in": [[true, 1]]}]', "[0].in[0] must be [low, high]"),
        ('[{"number": "config.lr", "in": [[1e999, null]]}]', "[0].in[0] must be [low, high]"),
        ('[{"category": "state", "in": [1]}]', "[0].in must be a list of texts"),
        ('[{"lasso": ["order"], "points": [[0, 0], [1, 0], [1, 1]]}]', "[0] must name two columns"),
        ('[{"lasso": ["order", "objective"], "points": [[0, 0], [1, 0]]}]', "[0].points must be three or more"),
        (
            '[{"lasso": ["order", "objective"], "log": [true, false], "points": [[0, 0], [1, 0], [1, 1]]}]',
            "[0].points must be positive on a log scale",
        ),
        ('[{"filter": " "}]', "[0].filter must be a filter of the table"),
        (json.dumps([{"filter": "x" * 4001}]), "[0].filter must be a filter of the table of 1 to 4,000"),
        (json.dumps([{"runs": [str(i) for i in range(1001)]}]), "[0].runs has more than 1,000 entries"),
    ],
)
def test_what_is_no_selection_is_refused_with_its_place(text, told):
    with pytest.raises(SelectionError) as caught:
        read_selection(text)
    assert told in str(caught.value)


def test_two_polygons_with_a_common_edge_share_no_place():
    left, right = [(0, 0), (1, 0), (1, 1), (0, 1)], [(1, 0), (2, 0), (2, 1), (1, 1)]
    x, y = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 2, 41), np.linspace(0, 1, 21)))
    counts = inside(left, x, y).astype(int) + inside(right, x, y)
    within = (x > 0) & (x < 2) & (y > 0) & (y < 1)
    assert (counts[within] == 1).all()
    assert (counts <= 1).all()


@pytest.mark.skipif(shutil.which("node") is None and os.environ.get("CI") != "true", reason="needs node")
def test_the_page_selects_what_the_cases_say():
    axis = axis_columns(CASES["runs"], [ParameterAxis(("optimizer",), "category")])[0]
    codes = [None if np.isnan(code) else int(code) for code in axis.values]
    given = json.dumps(CASES | {"labels": {"names": axis.labels, "codes": codes}})
    script = Path(__file__).parent / "selection_cases.mjs"
    ran = subprocess.run(["node", script], input=given, capture_output=True, text=True, check=True)
    assert dict(zip((name for name, *_ in CASES["cases"]), json.loads(ran.stdout), strict=True)) == {
        name: ids for name, _, ids in CASES["cases"]
    }
