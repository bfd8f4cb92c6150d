"""What `define_metric()` asks for: the least, greatest, mean, first or no value of a metric in the summary."""

import sys
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from sweepdeck._errors import UsageError

KINDS = ("min", "max", "mean", "first", "last", "best", "none", "copy")
GOALS = ("minimize", "maximize")
# These leave the summary to the last value logged, as it is without them.
_LAST = frozenset({"last", "copy"})


class _Aggregate:
    """One figure of a metric, over all of its finite values."""

    def __init__(self, fold: str, value: float | None, count: int) -> None:
        self.value, self._fold, self._count = value, fold, count if value is not None else 0

    def take(self, value: float) -> None:
        """Take another value of the metric."""
        self._count += 1
        if self.value is None:
            self.value = value
        elif self._fold == "mean":
            self.value += (value - self.value) / self._count
        elif self._fold != "first":
            self.value = min(self.value, value) if self._fold == "min" else max(self.value, value)


class Definitions:
    """How metrics are summarised, by name or pattern.

    `earlier` is the summary of a run that goes on, and `count_earlier()` gives how many values each metric had then.
    """

    def __init__(self, earlier: Mapping[str, Any], count_earlier: Callable[[], Mapping[str, int]]) -> None:
        self._earlier, self._count_earlier = earlier, count_earlier
        self._counts: Mapping[str, int] = {}
        self._rules: dict[str, dict[str, str]] = {}
        self._found: dict[str, dict[str, str]] = {}
        self._aggregates: dict[tuple[str, str], _Aggregate] = {}

    def define(self, name: str, summary: str, goal: str | None, *, overwrite: bool) -> None:
        """Summarise the metric, or those of the pattern, by the kinds that `summary` lists; raises `UsageError`."""
        folds = _folds(summary, goal)
        if "mean" in folds and not self._counts:
            self._counts = self._count_earlier()
        self._rules[name] = folds if overwrite else self._rules.get(name, {}) | folds
        self._found.clear()

    def note(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Take the values of a logged row and return what the summary is to hold for them."""
        held: dict[str, Any] = {}
        for name, value in row.items():
            if isinstance(value, Mapping):
                held |= self.note({f"{name}.{key}": item for key, item in value.items()})
            elif folds := self._folds_of(name):
                held |= self._summarised(name, folds, value)
        return held

    def _summarised(self, name: str, folds: Mapping[str, str], value: Any) -> dict[str, Any]:
        if "none" in folds:
            return {name: None}
        # Whole numbers may be too large for a float; what is not a number is not less than anything.
        if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= sys.float_info.max:
            return {}
        held: dict[str, Any] = {}
        for kind, fold in folds.items():
            if kind not in _LAST:
                aggregate = self._aggregate(name, kind, fold)
                aggregate.take(value)
                held[f"{name}.{kind}"] = aggregate.value
        return held | {name: next(iter(held.values()))} if len(folds) == 1 and held else held

    def _aggregate(self, name: str, kind: str, fold: str) -> _Aggregate:
        found = self._aggregates.get((name, kind))
        if found is None:
            earlier = self._earlier.get(f"{name}.{kind}")
            value = float(earlier) if isinstance(earlier, int | float) else None
            found = self._aggregates[name, kind] = _Aggregate(fold, value, self._counts.get(name, 1))
        return found

    def _folds_of(self, name: str) -> dict[str, str]:
        """Return what is defined for a metric: by its name, else by the first pattern that it matches."""
        found = self._found.get(name)
        if found is None:
            found = self._rules.get(name)
            if found is None:
                found = next((folds for rule, folds in self._rules.items() if fnmatchcase(name, rule)), {})
            self._found[name] = found
        return found


def _folds(summary: str, goal: str | None) -> dict[str, str]:
    """Return how the values of each kind are put together, by kind."""
    kinds = [kind.strip() for kind in summary.split(",")]
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"summary is one or more of {', '.join(KINDS)}, not {kind!r}")
    if goal is not None and goal not in GOALS:
        raise UsageError(f"goal is one of {', '.join(GOALS)}, not {goal!r}")
    if "best" in kinds and goal is None:
        raise UsageError("summary='best' needs goal='minimize' or goal='maximize'")
    best = "max" if goal == "maximize" else "min"
    return {kind: best if kind == "best" else kind for kind in kinds}
