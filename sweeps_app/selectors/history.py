"""The history of a run: exact rows, and curves of bounded size."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from sweeps_app.columns.codec import decode
from sweeps_app.columns.rows import MAX_STEP, to_rows
from sweeps_app.columns.series import Series
from sweeps_app.columns.table import Columns
from sweeps_app.errors import NotFound
from sweeps_app.models import Run, RunMetric
from sweeps_app.models.history import Metric
from sweeps_app.selectors.streams import HISTORY, Stream


@dataclass(frozen=True)
class Part:
    """Which part of a stream is asked for: its metrics (None: all) and its steps, both ends included."""

    metrics: Collection[str] | None = None
    min_step: int | None = None
    max_step: int | None = None

    def mask(self, columns: Columns) -> NDArray[np.bool_]:
        """Return which rows are of these steps and, where metrics are named, have any of them."""
        keep = np.ones(len(columns), dtype=np.bool_) if self.metrics is None else columns.logged()
        if self.min_step is not None:
            keep &= columns.steps >= self.min_step
        if self.max_step is not None:
            keep &= columns.steps <= self.max_step
        return keep


WHOLE = Part()


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
    run: Run, *, stream: Stream = HISTORY, part: Part = WHOLE, after: int = -1, limit: int = 1000
) -> HistoryPage:
    """Return up to `limit` rows of a part after row number `after`."""
    rows: list[dict[str, Any]] = []
    last = after
    for columns in stored_columns(run, stream, part, first_row=after + 1):
        keep = part.mask(columns)
        places = np.flatnonzero(keep)
        room = limit - len(rows)
        is_full = len(places) > room
        if is_full:
            keep[places[room] :] = False
            places = places[:room]
        rows += to_rows(columns.select(keep), text_non_finite=True)
        if len(places):
            last = columns.first_row + int(places[-1])
        if is_full:
            return HistoryPage(rows, next_after=last, total=stream.rows(run))
    return HistoryPage(rows, next_after=None, total=stream.rows(run))


def stored_columns(
    run: Run, stream: Stream, part: Part = WHOLE, *, first_row: int = 0, end: int | None = None
) -> Iterator[Columns]:
    """Yield the rows from `first_row` on in the order of arrival, chunk by chunk, with the metrics of `part` alone.

    Chunks without any of its steps are left out; rows of other steps in the chunks that are yielded are not. Chunks may
    be merged meanwhile: each row is yielded once. With `end` they are those before it, whatever comes meanwhile, and
    `NotFound` is raised where the run is deleted before all are read.
    """
    chunks = stream.chunks.objects.filter(run=run).order_by("first_row")
    if part.min_step is not None:
        chunks = chunks.filter(max_step__gte=part.min_step)
    if part.max_step is not None:
        chunks = chunks.filter(min_step__lte=part.max_step)
    row, last = first_row, MAX_STEP if end is None else end
    while row < last:
        chunk = chunks.filter(first_row__gt=row - F("rows")).first()
        if chunk is None:
            break
        yield decode(chunk.data, part.metrics).slice(row, last)
        row = chunk.first_row + chunk.rows
    if end is not None and not Run.objects.filter(pk=run.pk).exists():
        raise NotFound(f"run '{run.run_id}' has been deleted meanwhile")


def run_metrics(run: Run, stream: Stream = HISTORY) -> list[Metric]:
    """Return the figures of each metric of a run by name, without the curves."""
    return list(stream.metrics.objects.filter(run=run).exclude(name="_timestamp").defer("series").order_by("name"))


def stored_names(run: Run, stream: Stream) -> list[str]:
    """Return the names of all metrics of a stream, its clocks included."""
    return list(stream.metrics.objects.filter(run=run).order_by("name").values_list("name", flat=True))


def run_curve(run: Run, name: str, stream: Stream = HISTORY) -> Curve | None:
    """Return the down-sampled curve of one metric, or None where the run has none."""
    return next(iter(curves([run], name, stream)), None)


def curve_between(run: Run, name: str, stream: Stream, part: Part, buckets: int) -> Curve:
    """Return the curve of one metric over the steps of `part`, which names it: two points a bucket and two more.

    It is made from the stored rows, and costs what reading these costs. `buckets` is a power of two.
    """
    series = Series(buckets=buckets)
    for columns in stored_columns(run, stream, part):
        wanted = columns.select(part.mask(columns))
        if name in wanted.metrics:
            positions, numbers = wanted.metrics[name].numbers()
            series = series.extended(wanted.steps[positions], numbers)
    return Curve(run, *series.points())


def curves(runs: Sequence[Run], name: str, stream: Stream = HISTORY) -> list[Curve]:
    """Return the curve of metric `name` for those of `runs` that have one: one small row each."""
    by_pk = {run.pk: run for run in runs}
    found = stream.metrics.objects.filter(run__in=list(by_pk), name=name).values_list("run_id", "series")
    return [_curve(by_pk[pk], series) for pk, series in found.order_by("run_id")]


def metric_names(runs: Iterable[Run]) -> list[str]:
    """Return the names of all metrics that the runs logged."""
    names = RunMetric.objects.filter(run__in=list(runs)).exclude(name="_timestamp").values_list("name", flat=True)
    return sorted(set(names))


def _curve(run: Run, series: bytes | memoryview) -> Curve:
    steps, values = Series.from_bytes(bytes(series)).points()
    return Curve(run=run, steps=steps, values=values)
