"""The summary of a run: one value a metric, by dotted name."""

from collections.abc import Mapping
from typing import Any

from sweeps_app.errors import InvalidInput
from sweeps_app.json_values import number_or_none, storable
from sweeps_app.models import Run

MAX_SUMMARY_KEYS = 100_000
# What the functions here change of a run.
SUMMARY_FIELDS = ("summary", "summary_overrides", "objective")


def apply_summary(run: Run, values: Mapping[str, Any]) -> None:
    """Set what the client itself chose; logged values do not replace it from now on. The caller saves `run`."""
    given = flattened(storable(dict(values), "summary"))
    run.summary = run.summary | given
    run.summary_overrides = sorted(set(run.summary_overrides) | given.keys())
    _finish(run)


def apply_logged(run: Run, last_values: Mapping[str, Any]) -> None:
    """Set the last logged values, but not over what the client itself chose. The caller saves `run`."""
    chosen = set(run.summary_overrides)
    run.summary = run.summary | {name: value for name, value in last_values.items() if name not in chosen}
    _finish(run)


def flattened(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested mappings as one mapping by dotted name; an empty mapping stays a value."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value:
            flat |= flattened(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _finish(run: Run) -> None:
    if len(run.summary) > MAX_SUMMARY_KEYS:
        raise InvalidInput.of("summary", f"has more than {MAX_SUMMARY_KEYS:,} keys")
    if run.sweep is not None and run.sweep.metric_name:
        run.objective = number_or_none(run.summary.get(run.sweep.metric_name))
