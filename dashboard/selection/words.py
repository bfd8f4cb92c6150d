"""Clauses of a selection as people read them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dashboard.charts.figure import plural
from dashboard.formatting import duration, number
from sweeps_app.models import Sweep
from sweeps_app.query.columns import Kind, column_of
from sweeps_app.query.selection import ORDER, Clause, Filter, Labels, Lasso, Numbers, Runs, Span

_MOST = 3


def clause_words(clause: Clause, sweep: Sweep) -> str:
    """Return what a clause asks for, such as "lr 0.001 to 0.01 or no value"."""
    match clause:
        case Numbers(key, spans, missing):
            told = [_span_words(key, span) for span in spans]
            return f"{key_label(key, sweep)} {_joined([*told, *_nothing(missing=missing)], ' or ')}"
        case Labels(key, labels, missing):
            return f"{key_label(key, sweep)} {_joined([*labels, *_nothing(missing=missing)], ', ')}"
        case Lasso(keys):
            return f"{key_label(keys[1], sweep)} over {key_label(keys[0], sweep)}, outlined"
        case Runs(ids):
            return plural(len(ids), "chosen run")
        case Filter(text):
            return text


def key_label(key: str, sweep: Sweep) -> str:
    """Return what a column of charts is called."""
    if key == ORDER:
        return "order"
    if key == "objective" and sweep.metric_name:
        return sweep.metric_name
    column = column_of(key)
    if column is None:
        return key
    return column.label.lower() if column.source == "field" else column.label


def _nothing(*, missing: bool) -> list[str]:
    return ["no value"] if missing else []


def _joined(parts: Sequence[str], between: str) -> str:
    rest = len(parts) - _MOST
    return between.join(parts) if rest <= 0 else f"{between.join(parts[:_MOST])} and {rest} more"


def _span_words(key: str, span: Span) -> str:
    low, high = (None if end is None else _amount(key, end) for end in span)
    if low is None or high is None:
        return f"at least {low}" if low else f"at most {high}" if high else "any value"
    return low if low == high else f"{low} to {high}"


def _amount(key: str, value: float) -> str:
    column = column_of(key)
    kind = column.kind if column is not None else Kind.NUMBER
    if kind is Kind.DURATION:
        return duration(value)
    if kind is Kind.TIME:
        return f"{datetime.fromtimestamp(min(max(value, 0.0), 2e11), UTC):%Y-%m-%d %H:%M:%S}"
    return number(value)
