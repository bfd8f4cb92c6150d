"""The figures and the curve of each metric, kept up to date as rows come in."""

import math

from sweeps_app.columns.rows import CLOCKS, MAX_METRICS
from sweeps_app.columns.series import Series
from sweeps_app.columns.stats import MetricStats
from sweeps_app.columns.table import Columns
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run, RunMetric, SystemMetric
from sweeps_app.models.compiled_writes import upsert_rows
from sweeps_app.selectors.streams import Stream

_STATS = ("count", "last", "last_step", "minimum", "maximum")


def metrics_extend(run: Run, stream: Stream, columns: Columns) -> None:
    """Take in the values of new rows of a run, which is locked.

    Raises `InvalidInput` where they bring the stream to more metrics than it may have.
    """
    names = list(columns.metrics)
    objects = stream.metrics.objects
    # A batch by itself has no more metrics than are allowed.
    is_first = not stream.rows(run)
    known = {} if is_first else {metric.name: metric for metric in objects.filter(run=run, name__in=names)}
    added = 0 if is_first else len(columns.metrics.keys() - known.keys() - CLOCKS)
    if added and objects.filter(run=run).exclude(name__in=CLOCKS).count() + added > MAX_METRICS:
        raise InvalidInput.of("rows", f"bring the run to more than {MAX_METRICS:,} metrics: log fewer names")
    upsert_rows(
        [_extended(stream.metrics(run_id=run.pk, name=name), known.get(name), columns) for name in names],
        unique="run name",
        updated=" ".join((*_STATS, "series")),
    )


def _extended(
    after: RunMetric | SystemMetric, before: RunMetric | SystemMetric | None, columns: Columns
) -> RunMetric | SystemMetric:
    """Set in `after` what its metric comes to with the values of `columns`, and return it."""
    column = columns.metrics[after.name]
    stats, series = MetricStats(), Series()
    if before is not None:
        stats, series = _stats_of(before), Series.from_bytes(before.series)
    stats = stats.extended(columns.steps, column)
    positions, numbers = column.numbers()
    after.count, after.last, after.last_step = stats.count, stats.last, stats.last_step
    after.minimum, after.maximum = stats.minimum, stats.maximum
    after.series = series.extended(columns.steps[positions], numbers).to_bytes()
    if stats.last is not None and not math.isfinite(stats.last):
        after.last = None
    return after


def _stats_of(metric: RunMetric | SystemMetric) -> MetricStats:
    return MetricStats(metric.count, metric.last, metric.last_step, metric.minimum, metric.maximum)
