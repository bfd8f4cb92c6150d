"""The parameters in the order of their importance, with all that has to be said beside it."""

import numpy as np

from sweeps_app.analysis.association import correlation_ratio, pearson, spearman
from sweeps_app.analysis.doubts import doubt_of, notes_of
from sweeps_app.analysis.encoding import AxisColumn
from sweeps_app.analysis.explained import explain
from sweeps_app.analysis.features import Encoded
from sweeps_app.analysis.results import Importance, ImportanceRow
from sweeps_app.analysis.shares import Interval
from sweeps_app.analysis.target import Target


def ranked(encoded: Encoded, target: Target, *, seed: int) -> Importance:
    """Return what forests and correlations say of a target that is known for all runs and not the same for all."""
    found = explain(encoded, target, seed=seed)
    rows = [_row(column, share, target) for column, share in zip(encoded.columns, found.shares.intervals, strict=True)]
    order = sorted(range(len(rows)), key=lambda i: _rank(rows[i]))
    return Importance(
        rows=tuple(rows[i] for i in order),
        runs=len(target.values),
        r2=found.r2.value,
        warning=doubt_of(found.r2, found.shares, rows, order),
        r2_low=found.r2.low,
        r2_high=found.r2.high,
        notes=notes_of(encoded, target),
        constant=encoded.constant,
        dependence=tuple(found.dependence[i] for i in order) if found.dependence else (),
        interactions=found.interactions,
    )


def _row(column: AxisColumn, share: Interval, target: Target) -> ImportanceRow:
    return ImportanceRow(
        parameter=column.axis.name,
        importance=share.value,
        correlation=pearson(column, target.values),
        low=share.low,
        high=share.high,
        spearman=spearman(column, target.values),
        eta=correlation_ratio(column, target.values),
        kind=column.axis.kind,
        runs=int((~np.isnan(column.values)).sum()),
    )


def _rank(row: ImportanceRow) -> tuple[float, float, str]:
    return -row.importance, -abs(row.spearman or row.eta or 0.0), row.parameter
