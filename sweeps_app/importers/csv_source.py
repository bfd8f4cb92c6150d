"""Runs of a CSV file: each row a run, or each row a step of the run that one of its columns names."""

import csv
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from sweeps_app.errors import InvalidInput
from sweeps_app.importers.source import SourceRun, value_of


@dataclass(frozen=True)
class CsvColumns:
    """What the columns mean: `config` are settings, all others metrics.

    With `run` the rows that have the same text there are the history of one run, and have to stand together; `step`
    names the column of their steps. `name` names the column of a run's name.
    """

    config: tuple[str, ...] = ()
    run: str = ""
    step: str = ""
    name: str = ""

    def named(self) -> Collection[str]:
        """Return the columns that have to be there."""
        return {name for name in (*self.config, self.run, self.step, self.name) if name}


def csv_runs(path: Path, columns: CsvColumns) -> Iterator[SourceRun]:
    """Yield the runs of a file with a header; raises `InvalidInput` that names the line or column that is wrong."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield from _histories(file, columns) if columns.run else _single_rows(file, columns)
    except (csv.Error, UnicodeDecodeError) as error:
        raise InvalidInput.of("file", f"is no CSV in UTF-8: {error}") from None


def _rows(file: TextIO, columns: CsvColumns) -> Iterator[dict[str, Any]]:
    reader = csv.DictReader(file, restkey="", strict=True)
    header = list(reader.fieldnames or [])
    missing = sorted(set(columns.named()) - set(header))
    if not header:
        raise InvalidInput.of("file", "is empty: it needs a header that names its columns")
    if missing or len(set(header)) < len(header):
        what = f"no column {', '.join(missing)}" if missing else "a column twice"
        raise InvalidInput.of("file", f"has {what}: it has {', '.join(header)}")
    for row in reader:
        if "" in row:
            raise InvalidInput.of("file", f"has more values than columns in line {reader.line_num}")
        yield {name: text for name, text in row.items() if text not in (None, "")}


def _single_rows(file: TextIO, columns: CsvColumns) -> Iterator[SourceRun]:
    seen: Counter[str] = Counter()
    for row in _rows(file, columns):
        # The same row twice is two runs; rows that are added to the file later leave these keys as they are.
        text = "\x1f".join(f"{name}={value}" for name, value in sorted(row.items()))
        seen[text] += 1
        key = hashlib.sha256(f"{text}\x1f{seen[text]}".encode()).hexdigest()[:16]
        yield SourceRun(
            key=key,
            name=str(row.get(columns.name, "")),
            config={name: value_of(row[name]) for name in columns.config if name in row},
            summary=_metrics(row, columns),
        )


def _histories(file: TextIO, columns: CsvColumns) -> Iterator[SourceRun]:
    done: set[str] = set()
    for key, group in groupby(_rows(file, columns), key=lambda row: str(row.get(columns.run, ""))):
        if key in done:
            raise InvalidInput.of("file", f"has rows of run '{key}' in two places: sort it by {columns.run}")
        done.add(key)
        rows = list(group)
        yield SourceRun(
            key=key,
            name=str(rows[-1].get(columns.name, key)),
            config={name: value_of(row[name]) for row in rows for name in columns.config if name in row},
            rows=[_step(row, columns) for row in rows],
        )


def _step(row: dict[str, Any], columns: CsvColumns) -> dict[str, Any]:
    step = {"_step": value_of(row[columns.step])} if columns.step in row else {}
    return _metrics(row, columns) | step


def _metrics(row: dict[str, Any], columns: CsvColumns) -> dict[str, Any]:
    named = columns.named()
    return {name: value_of(text) for name, text in row.items() if name not in named}
