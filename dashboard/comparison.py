"""Runs side by side: what they are, their configs and their summaries, with what differs marked."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dashboard.run_table.cells import ABSENT, Cell, cell, value_cell
from sweeps_app.models import Run
from sweeps_app.query.columns import Column, join_keys
from sweeps_app.selectors.curves import compared_names
from sweeps_app.selectors.run_scope import RunScope
from sweeps_app.selectors.run_values import run_values
from sweeps_app.services.summary import flattened

_NO_CHART = "-"  # in an address: none, rather than what is shown by default
_FIELDS = (
    "state",
    "objective",
    "runtime",
    "created_at",
    "host",
    "tags",
    "group",
    "job_type",
    "program",
    "user",
    "notes",
)


class ComparedRow(NamedTuple):
    """One thing, and what each run has of it."""

    name: str
    cells: list[Cell]
    differs: bool


class Section(NamedTuple):
    """Things of one origin; `same` counts those in which all runs agree."""

    label: str
    rows: list[ComparedRow]
    same: int


class Curve(NamedTuple):
    """A chart of a metric; `others` are the metrics that remain without it, as the address lists them."""

    metric: str
    others: str


class Charts(NamedTuple):
    """The charts of a comparison; `shown` lists their metrics as the address does, and `names` are all there are."""

    curves: list[Curve]
    shown: str
    names: list[str]


def compared_charts(runs: Sequence[Run], chosen: Sequence[str]) -> Charts:
    """Return a chart for each chosen metric, else for what the runs' sweep pursues, or most of them have."""
    names = compared_names(runs)
    pursued = [run.sweep.metric_name for run in runs if run.sweep is not None and run.sweep.metric_name in names]
    default = list(dict.fromkeys(pursued)) or names[:1]
    shown = [name for name in dict.fromkeys(chosen) if name != _NO_CHART] if chosen else default
    curves = [Curve(name, join_keys([other for other in shown if other != name]) or _NO_CHART) for name in shown]
    return Charts(curves, join_keys(shown) or _NO_CHART, names)


def compared(runs: Sequence[Run], scope: RunScope, *, only_differences: bool) -> list[Section]:
    """Return the sections of a comparison; with `only_differences` without the rows in which all runs agree."""
    fields = [Column("field", key) for key in _FIELDS]
    values = run_values(runs, fields, scope)
    about = [
        ComparedRow(column.label, [cell(column, row[i]) for row in values], _differ([row[i] for row in values]))
        for i, column in enumerate(fields)
    ]
    sections = [
        ("Run", [row for row in about if any(found != ABSENT for found in row.cells)]),
        ("Config", _rows([flattened(run.config) for run in runs])),
        ("Summary", _rows([run.summary for run in runs])),
    ]
    return [
        Section(
            label, [row for row in rows if row.differs or not only_differences], sum(not row.differs for row in rows)
        )
        for label, rows in sections
    ]


def _rows(values: Sequence[Mapping[str, Any]]) -> list[ComparedRow]:
    names = dict.fromkeys(name for one in values for name in one)
    return [
        ComparedRow(
            name,
            [value_cell(one[name]) if name in one else ABSENT for one in values],
            _differ([one.get(name) for one in values]) or any(name not in one for one in values),
        )
        for name in names
    ]


def _differ(values: Sequence[Any]) -> bool:
    """Tell whether values are not all the same; 1 and 1.0 are, 1 and true are not."""
    return (
        len({(isinstance(value, bool), json.dumps(_plain(value), sort_keys=True, default=str)) for value in values}) > 1
    )


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else value
