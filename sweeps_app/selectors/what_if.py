"""What a stopping rule would have done to a sweep whose histories are known."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.columns.codec import decode
from sweeps_app.errors import InvalidInput
from sweeps_app.models import HistoryChunk, Run, RunMetric, Sweep
from sweeps_app.search.problems import Report
from sweeps_app.search.schema_stopping import check_early_terminate
from sweeps_app.stopping.decide import rule_of
from sweeps_app.stopping.rule import Goal
from sweeps_app.stopping.whatif import RunHistory, WhatIf, what_if

# Values of the metric that a replay reads at the most: 80 MB.
MAX_VALUES = 10_000_000


def sweep_what_if(sweep: Sweep, early_terminate: dict[str, Any]) -> WhatIf:
    """Replay a stopping rule, given as in a sweep's configuration, over the histories of all runs of a sweep.

    Raises `InvalidInput` for a rule that is not one, a sweep without a metric, and histories beyond 10 million values.
    """
    report = Report()
    checked = check_early_terminate(report, {"early_terminate": early_terminate})
    if report.problems:
        problem = report.problems[0]
        raise InvalidInput.of(problem.path, problem.message, problem.code)
    if not sweep.metric_name:
        raise InvalidInput.of("early_terminate", "cannot be replayed: the sweep names no metric to judge by")
    goal: Goal = "maximize" if sweep.metric_goal == "maximize" else "minimize"
    return what_if(_histories(sweep), rule_of(checked["early_terminate"], goal))


def _histories(sweep: Sweep) -> list[RunHistory]:
    counts = RunMetric.objects.filter(run__sweep=sweep, name=sweep.metric_name).values_list("count", flat=True)
    if sum(counts) > MAX_VALUES:
        raise InvalidInput.of("sweep", f"has more than {MAX_VALUES:,} values of its metric: too many to replay")
    runs = Run.objects.filter(sweep=sweep).exclude(state=Run.State.PENDING).order_by("pk")
    figures = runs.values_list("pk", "run_id", "objective")
    values: dict[int, list[NDArray[np.float64]]] = {pk: [] for pk, _, _ in figures}
    chunks = HistoryChunk.objects.filter(run__sweep=sweep).order_by("run", "first_row").values_list("run_id", "data")
    for run, data in chunks.iterator(chunk_size=64):
        column = decode(data, [sweep.metric_name]).metrics.get(sweep.metric_name)
        if column is not None and run in values:
            values[run].append(column.numbers()[1])
    return [
        RunHistory(run_id, np.concatenate(values[pk]) if values[pk] else np.empty(0), objective, float(position))
        for position, (pk, run_id, objective) in enumerate(figures)
    ]
