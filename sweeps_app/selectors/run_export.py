"""A table of runs as a file, with the filter, order and columns of a view, in memory that hardly grows with the runs.

The runs and their order are fixed before the first byte; what they have is read in blocks while the file is sent.
"""

import csv
import io
import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, NamedTuple

from sweeps_app.query.columns import Column
from sweeps_app.selectors.run_scope import RunScope
from sweeps_app.selectors.run_values import related_to, run_values
from sweeps_app.selectors.runs import RunQuery, runs_by_pk, runs_sorted

BLOCK = 500
# A cell that begins so would be a formula to a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ALWAYS = ("run_id", "name", "state", "sweep", "tags", "runtime", "created_at", "finished_at")


class RunsTable(NamedTuple):
    """Runs by primary key in their order, and the columns of the file."""

    scope: RunScope
    pks: Sequence[int]
    columns: Sequence[Column]

    def blocks(self) -> Iterator[list[list[Any]]]:
        """Yield rows of values, a block at a time; a run that has been deleted meanwhile is left out."""
        for start in range(0, len(self.pks), BLOCK):
            runs = runs_by_pk(self.pks[start : start + BLOCK], related_to(self.columns))
            yield run_values(runs, self.columns, self.scope)


def runs_file(scope: RunScope, query: RunQuery, columns: Sequence[Column], form: str) -> Iterator[bytes]:
    """Return the runs that `query` finds as a file of one of `RUN_FORMS`; without columns it has all that are known.

    Raises `InvalidInput` as `run_page` does, before anything is sent.
    """
    pks = array("q", runs_sorted(scope, query).values_list("pk", flat=True).iterator(chunk_size=10_000))
    module, name = _WRITERS[form]
    write: Callable[[RunsTable], Iterator[bytes]] = getattr(import_module(module), name)
    return write(RunsTable(scope, pks, columns or known_columns(scope)))


def known_columns(scope: RunScope) -> list[Column]:
    """Return what identifies a run, its parameters and its summary, as far as they are known."""
    catalogue = scope.catalogue
    values = [("config", name) for name in catalogue.config] + [("summary", name) for name in catalogue.summary]
    return [*(Column("field", key) for key in _ALWAYS), *(Column(source, name) for source, name in values)]


def runs_csv(table: RunsTable) -> Iterator[bytes]:
    """Yield comma-separated values: numbers with every digit, times in UTC, lists as JSON, nothing for what is missing.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    yield _lines([[column.key for column in table.columns]])
    for block in table.blocks():
        yield _lines([[_cell(value) for value in row] for row in block])


def _lines(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) and value != "-Infinity" else value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | list | dict) else value


RUN_FORMS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
# Arrow is loaded when it is used: it takes 40 MB.
_WRITERS = {"csv": (__name__, "runs_csv"), "parquet": ("sweeps_app.selectors.run_export_arrow", "runs_parquet")}
