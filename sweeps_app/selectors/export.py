"""A stream of rows as a file, written while it is read, in memory that does not grow with its length."""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from sweeps_app.columns.table import Columns
from sweeps_app.columns.texts import csv_head, csv_lines, json_lines
from sweeps_app.models import Run
from sweeps_app.selectors.history import Part, stored_columns, stored_names
from sweeps_app.selectors.streams import Stream

# A wide run has few rows in a block, so that a block of absent values stays small, too.
CELLS = 1_000_000


def rows_csv(run: Run, stream: Stream, part: Part) -> Iterator[bytes]:
    """Yield a part of a stream as comma-separated values (`sweeps_app/columns/texts.py`)."""
    names = names_of(run, stream, part)
    yield csv_head(names).encode()
    for block in blocks_of(run, stream, part, names):
        yield csv_lines(block, names).encode()


def rows_jsonl(run: Run, stream: Stream, part: Part) -> Iterator[bytes]:
    """Yield a part of a stream as one JSON object a row and line."""
    for block in blocks_of(run, stream, part, names_of(run, stream, part)):
        yield json_lines(block).encode()


def rows_file(run: Run, stream: Stream, part: Part, form: str) -> Iterator[bytes]:
    """Yield a part of a stream as a file of one of `FORMS`."""
    module, name = _WRITERS[form]
    write: Callable[[Run, Stream, Part], Iterator[bytes]] = getattr(import_module(module), name)
    return write(run, stream, part)


FORMS = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}
# Loaded when they are used: Arrow takes 40 MB.
_WRITERS = {
    "csv": (__name__, "rows_csv"),
    "jsonl": (__name__, "rows_jsonl"),
    "arrow": ("sweeps_app.selectors.export_arrow", "rows_arrow"),
    "parquet": ("sweeps_app.selectors.export_arrow", "rows_parquet"),
}


def names_of(run: Run, stream: Stream, part: Part) -> list[str]:
    """Return the columns of the file: all metrics, or those that were asked for in their order."""
    return stored_names(run, stream) if part.metrics is None else list(part.metrics)


def blocks_of(run: Run, stream: Stream, part: Part, names: Sequence[str]) -> Iterator[Columns]:
    """Yield the rows of a part, few enough at a time that a table of them with all `names` is small."""
    rows = max(1, CELLS // (len(names) + 1))
    for columns in stored_columns(run, stream, part, end=stream.rows(run)):
        end = columns.first_row + len(columns)
        for first in range(columns.first_row, end, rows):
            block = columns.slice(first, min(first + rows, end))
            yield block.select(part.mask(block))
