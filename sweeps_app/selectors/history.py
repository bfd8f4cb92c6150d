"""The history of a run: exact rows, and curves of bounded size."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from sweeps_app.columns.codec import decode
from sweeps_app.columns.rows import to_rows
from sweeps_app.columns.series import Series
from sweeps_app.models import HistoryChunk, Run, RunMetric


@dataclass(frozen=True)
class HistoryPage:
    """Exact rows in the order of arrival; `next_after` is the row number to go on after, None at the end."""

    rows: list[dict[str, Any]]
    next_after: int | None
    total: int


@dataclass(frozen=True)
class Curve:
    """One metric of one run, down-sampled so that no extreme value is lost."""

    run: Run
    steps: NDArray[np.int64]
    values: NDArray[np.float64]


def history_page(
    run: Run,
    *,
    metrics: Collection[str] | None = None,
    min_step: int | None = None,
    max_step: int | None = None,
    after: int = -1,
    limit: int = 1000,
) -> HistoryPage:
    """Return up to `limit` rows after row number `after`, of the asked metrics and steps (both ends included).

    A row that holds none of the asked metrics is left out.
    """
    rows: list[dict[str, Any]] = []
    last = after
    for chunk in _chunks(run, min_step, max_step, after).iterator(chunk_size=8):
        columns = decode(chunk.data, metrics).slice(after + 1, chunk.first_row + chunk.rows)
        for number, row in enumerate(to_rows(columns, text_non_finite=True), start=columns.first_row):
            if not _is_wanted(row, metrics, min_step, max_step):
                continue
            if len(rows) == limit:
                return HistoryPage(rows, next_after=last, total=run.history_rows)
            rows.append(row)
            last = number
    return HistoryPage(rows, next_after=None, total=run.history_rows)


def run_metrics(run: Run) -> list[RunMetric]:
    """Return the figures of each metric of a run by name, without the curves."""
    return list(RunMetric.objects.filter(run=run).exclude(name="_timestamp").defer("series").order_by("name"))


def run_curve(run: Run, name: str) -> Curve | None:
    """Return the down-sampled curve of one metric, or None where the run has none."""
    return next(iter(curves([run], name)), None)


def curves(runs: Sequence[Run], name: str) -> list[Curve]:
    """Return the curve of metric `name` for those of `runs` that have one: one small row each."""
    by_pk = {run.pk: run for run in runs}
    found = RunMetric.objects.filter(run__in=list(by_pk), name=name).values_list("run_id", "series")
    return [_curve(by_pk[pk], series) for pk, series in found.order_by("run_id")]


def metric_names(runs: Iterable[Run]) -> list[str]:
    """Return the names of all metrics that the runs logged."""
    names = RunMetric.objects.filter(run__in=list(runs)).exclude(name="_timestamp").values_list("name", flat=True)
    return sorted(set(names))


def _curve(run: Run, series: bytes | memoryview) -> Curve:
    steps, values = Series.from_bytes(bytes(series)).points()
    return Curve(run=run, steps=steps, values=values)


def _chunks(run: Run, min_step: int | None, max_step: int | None, after: int) -> QuerySet[HistoryChunk]:
    chunks = HistoryChunk.objects.filter(run=run).order_by("first_row")
    if min_step is not None:
        chunks = chunks.filter(max_step__gte=min_step)
    if max_step is not None:
        chunks = chunks.filter(min_step__lte=max_step)
    if after >= 0:
        begin = HistoryChunk.objects.filter(run=run, first_row__lte=after).order_by("-first_row")
        chunks = chunks.filter(first_row__gte=begin.values_list("first_row", flat=True).first() or 0)
    return chunks


def _is_wanted(
    row: dict[str, Any], metrics: Collection[str] | None, min_step: int | None, max_step: int | None
) -> bool:
    step = row["_step"]
    if (min_step is not None and step < min_step) or (max_step is not None and step > max_step):
        return False
    return metrics is None or any(name in row for name in metrics)
