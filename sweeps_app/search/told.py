"""What the trials of a request tell a method that learns: one outcome a configuration, as losses."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.search.request import SearchRequest
from sweeps_app.search.trials import Trial

_Row = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A configuration that has been tried, and its losses, one a metric: finite, smaller is better.

    `number` is that of its first trial. Several trials of one configuration are averaged.
    """

    number: int
    config: Mapping[str, Any]
    losses: tuple[float, ...]


@dataclass(frozen=True)
class Told:
    """`outcomes` in the order of their numbers, and the configurations that are `running`.

    Failed trials, and finished ones without a number, count as the worst of all, unless `impute` says that a failed
    trial's own value is to be taken. Nothing can be told while no trial has a number for each metric.
    """

    outcomes: Sequence[Outcome] = ()
    running: Sequence[Mapping[str, Any]] = ()

    def with_running(self, config: Mapping[str, Any]) -> "Told":
        """Return this and one more running configuration."""
        return Told(self.outcomes, [*self.running, config])


@dataclass
class _Group:
    """The trials of one configuration."""

    number: int
    config: Mapping[str, Any]
    rows: list[_Row] = field(default_factory=list)


def metrics_of(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the metrics of a normalised config: one, several, or none."""
    if "metrics" in config:
        return list(config["metrics"])
    return [config["metric"]] if "metric" in config else []


def told_of(request: SearchRequest) -> Told:
    """Return what the trials of `request` tell."""
    metrics = metrics_of(request.config)
    groups: dict[str, _Group] = {}
    for trial in sorted(request.trials, key=lambda trial: trial.number):
        group = groups.setdefault(trial.key, _Group(trial.number, trial.config))
        row = _row(trial, metrics)
        if row is not None:
            group.rows.append(row)
    ended = [group for group in groups.values() if group.rows]
    running = [group.config for group in groups.values() if not group.rows]
    worst = _worst([row for group in ended for row in group.rows], len(metrics))
    outcomes = [] if worst is None else [_outcome(group, worst) for group in ended]
    return Told(outcomes, running)


def loss_matrix(outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
    """Return the losses as float64[n, metrics]."""
    return np.array([outcome.losses for outcome in outcomes], dtype=np.float64)


def _row(trial: Trial, metrics: Sequence[Mapping[str, Any]]) -> _Row | None:
    """Return the losses of a trial, None where it counts as the worst; None for a trial that is still to end."""
    if trial.state == "running" and _is_pending(trial, metrics):
        return None
    values = trial.values or (None,) * len(metrics)
    return tuple(_loss(trial, metric, value) for metric, value in zip(metrics, values, strict=True))


def _is_pending(trial: Trial, metrics: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether nothing is to be read from a running trial: no rule says so, or there is no value yet to read."""
    rules = {metric["impute_while_running"] for metric in metrics}
    return "worst" not in rules and (not any(rules) or all(value is None for value in trial.values))


def _loss(trial: Trial, metric: Mapping[str, Any], value: float | None) -> float | None:
    rule = {"finished": "own", "failed": metric["impute"], "running": metric["impute_while_running"]}[trial.state]
    if value is None or not math.isfinite(value) or rule == "worst":
        return None
    return value if metric["goal"] == "minimize" else -value


def _worst(rows: Iterable[_Row], count: int) -> list[float] | None:
    """Return the largest loss of each metric, or None where some metric has no loss at all."""
    columns: list[list[float]] = [[] for _ in range(count)]
    for row in rows:
        for column, loss in zip(columns, row, strict=True):
            if loss is not None:
                column.append(loss)
    return [max(column) for column in columns] if columns and all(columns) else None


def _outcome(group: _Group, worst: Sequence[float]) -> Outcome:
    rows = [[w if loss is None else loss for loss, w in zip(row, worst, strict=True)] for row in group.rows]
    count = len(rows)
    # Each is divided before they are added, so that the sum of large numbers cannot overflow.
    losses = (
        tuple(rows[0])
        if count == 1
        else tuple(sum(loss / count for loss in column) for column in zip(*rows, strict=True))
    )
    return Outcome(group.number, group.config, losses)
