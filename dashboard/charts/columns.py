"""Columns of runs as the browser gets them: exact, and as small as that allows."""

import base64
import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.selectors.chart_columns import ChartColumn
from sweeps_app.selectors.run_columns import RunColumns


def column_json(column: ChartColumn) -> dict[str, Any]:
    """Return a column: `values` is base64 of little-endian numbers of the `type` f8, f4, u1 or u2.

    In unsigned ones, which are indexes into `labels`, the greatest number stands for no value; in floats NaN does.
    """
    kind, values = _packed(column.values, is_code=column.kind == "category")
    shown = {"name": column.key, "label": column.label, "kind": column.kind, "log": column.log}
    labels = {"labels": list(column.labels)} if column.kind == "category" else {}
    return shown | {"type": kind, "values": base64.b64encode(values).decode()} | labels


def runs_json(runs: RunColumns, *, run_prefix: str) -> dict[str, Any]:
    """Return what identifies the runs; `key` tells whether columns are of the same runs in the same order."""
    labels = sorted(set(runs.states))
    codes = {state: float(code) for code, state in enumerate(labels)}
    states = np.array([codes[state] for state in runs.states], dtype=np.float64)
    named = {} if runs.names == runs.ids else {"names": runs.names}
    state = column_json(ChartColumn("state", "State", "category", False, states, tuple(labels)))
    return {"key": runs_key(runs), "ids": runs.ids, "state": state, "prefix": run_prefix} | named


def runs_key(runs: RunColumns) -> str:
    """Return a digest of which runs there are, in which order."""
    return hashlib.sha256(" ".join(runs.ids).encode()).hexdigest()[:16]


def _packed(values: NDArray[np.float64], *, is_code: bool) -> tuple[str, bytes]:
    if is_code:
        largest = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
        kind, missing = ("u1", 255) if largest < 255 else ("u2", 65535)
        return kind, np.where(np.isnan(values), missing, values).astype(f"<{kind}").tobytes()
    with np.errstate(over="ignore"):
        small = values.astype("<f4")
    if np.array_equal(small.astype(np.float64), values, equal_nan=True):
        return "f4", small.tobytes()
    return "f8", values.astype("<f8").tobytes()
