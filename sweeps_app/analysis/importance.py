"""Which parameters move a metric: a random forest's answer with its intervals, next to plain correlation."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.encoding import AxisColumn
from sweeps_app.analysis.features import Encoded
from sweeps_app.analysis.results import Importance
from sweeps_app.analysis.target import Target, fenced

MIN_RUNS = 10


def parameter_importance(encoded: Encoded, values: NDArray[np.float64], *, seed: int) -> Importance:
    """Return how much each parameter matters for `values` (float64[n], NaN where a run has none).

    Outliers, such as diverged runs, are drawn in to Tukey's inner fences, for else a single one would decide the
    ranking. The same arguments give the same answer.
    """
    if len(values) != len(encoded.matrix):
        raise ValueError(f"{len(encoded.matrix)} configurations but {len(values)} values")
    usable = np.flatnonzero(np.isfinite(values))
    target = fenced(values[usable])
    reason = _why_not(encoded, target)
    if reason:
        return Importance((), len(usable), None, reason, constant=encoded.constant)
    # Imports scikit-learn; whoever only wants to read a result should not pay for that.
    from sweeps_app.analysis.ranking import ranked

    return ranked(_only(encoded, usable), target, seed=seed)


def _why_not(encoded: Encoded, target: Target) -> str | None:
    """Return why these runs can have no ranking, None where they can."""
    if (count := len(target.values)) < MIN_RUNS:
        so_far = "is 1" if count == 1 else f"are {count}"
        return f"A ranking needs {MIN_RUNS} ended runs with a value of the metric; so far there {so_far}."
    if not encoded.columns:
        return "No parameter varies between the runs."
    if target.values.min() == target.values.max():
        return "The metric has the same value in all runs."
    return None


def _only(encoded: Encoded, rows: NDArray[np.int64]) -> Encoded:
    columns = tuple(AxisColumn(column.axis, column.values[rows], column.labels) for column in encoded.columns)
    return replace(encoded, matrix=encoded.matrix[rows], columns=columns)
