"""The summary of a run: nested for the client, by dotted name for us.

`define_metric(summary="min")` makes the client send `{"loss": {"min": 0.1}}`. Then the metric itself gets the value
that it was defined for, so that sweeps, tables and charts find it under its name.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

_CLOCKS = ("_step", "_timestamp", "_wandb")
_KINDS = frozenset({"min", "max", "mean", "last", "best", "first", "sum", "std"})


class ClientSummary(NamedTuple):
    """Values by name, and the names whose values came as objects."""

    values: dict[str, Any]
    nested: list[str]


def read_summary(summary: Mapping[str, Any], goal: str = "") -> ClientSummary:
    """Return what a summary in the client's form holds; `goal` is that of the sweep, if the run is of one."""
    values: dict[str, Any] = {}
    nested = []
    for name, value in summary.items():
        if name in _CLOCKS:
            continue
        if isinstance(value, dict) and value:
            nested.append(name)
            for kind in _kinds_by_worth(value, goal)[:1]:
                values[name] = value[kind]
            values |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            values[name] = value
    return ClientSummary(values, nested)


def write_summary(values: Mapping[str, Any], nested: Collection[str]) -> dict[str, Any]:
    """Return a summary in the client's form; numbers that are not finite stay the texts that name them."""
    written: dict[str, Any] = {}
    for name, value in values.items():
        head = next((head for head in nested if name.startswith(f"{head}.")), None)
        if head is not None:
            _put(written, [head, *name[len(head) + 1 :].split(".")], value)
        elif not isinstance(written.get(name), dict):
            written[name] = value
    return written


def _put(place: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        inner = place.get(part)
        if not isinstance(inner, dict):
            inner = place[part] = {}
        place = inner
    place[path[-1]] = value


def _kinds_by_worth(value: Mapping[str, Any], goal: str) -> list[str]:
    """Return which of the values of a defined metric there are, the one that stands for it first; none for others."""
    if not value.keys() <= _KINDS:
        return []
    wanted = ("max", "min") if goal == "maximize" else ("min", "max")
    order = ("best", *wanted, "last", "mean", "first", "sum", "std")
    return [kind for kind in order if kind in value]
