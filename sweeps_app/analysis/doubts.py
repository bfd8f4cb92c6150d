"""What has to be said beside a ranking: why to doubt it, and what one has to know of the runs."""

from collections.abc import Sequence

import numpy as np

from sweeps_app.analysis.association import varied_together
from sweeps_app.analysis.features import Encoded
from sweeps_app.analysis.results import ImportanceRow
from sweeps_app.analysis.shares import Interval, Shares
from sweeps_app.analysis.target import Target

WEAK_R2 = 0.1
_MOST_NAMED = 3


def doubt_of(r2: Interval, shares: Shares, rows: Sequence[ImportanceRow], order: Sequence[int]) -> str | None:
    """Return why a ranking is missing or to be read with care; `order` holds the positions of its rows."""
    if r2.value <= 0:
        return (
            "The parameters do not predict the metric of runs that the model has not seen, "
            "so there is no ranking: more runs may show one."
        )
    if r2.low <= 0:
        return (
            f"These runs cannot support a ranking: what the parameters explain ({r2.value:.0%}, between "
            f"{max(r2.low, 0.0):.0%} and {r2.high:.0%}) cannot be told from chance. More runs may show one."
        )
    if r2.value < WEAK_R2:
        return (
            f"The parameters explain only {r2.value:.0%} of the differences between runs: read the ranking with care."
        )
    if len(order) > 1 and not shares.can_order(order[0], order[1]):
        first, second = (rows[i].parameter for i in order[:2])
        return f"These runs cannot tell which matters more, {first} or {second}."
    return None


def notes_of(encoded: Encoded, target: Target) -> tuple[str, ...]:
    """Return what one has to know of the runs behind a ranking, a sentence each."""
    found = [_outliers(target), _conditional(encoded), _together(encoded)]
    return tuple(note for note in found if note)


def _outliers(target: Target) -> str:
    if not target.drawn_in:
        return ""
    subject = "1 outlier counts" if target.drawn_in == 1 else f"{target.drawn_in:,} outliers count"
    return f"{subject} as less extreme: 1.5 interquartile ranges beyond the quartiles."


def _conditional(encoded: Encoded) -> str:
    rare = [
        f"{column.axis.name} ({int((~np.isnan(column.values)).sum()):,})"
        for column in encoded.columns
        if column.axis.conditional
    ]
    if not rare:
        return ""
    return f"Compared only among the runs that have them: {_listed(rare)}."


def _together(encoded: Encoded) -> str:
    pairs = [f"{one} and {other} ({r:+.2f})" for one, other, r in varied_together(encoded.columns)]
    if not pairs:
        return ""
    return f"Varied together, so that their shares cannot be told apart: {_listed(pairs)}."


def _listed(items: Sequence[str]) -> str:
    if len(items) <= _MOST_NAMED:
        return ", ".join(items)
    return f"{', '.join(items[:_MOST_NAMED])} and {len(items) - _MOST_NAMED} more"
