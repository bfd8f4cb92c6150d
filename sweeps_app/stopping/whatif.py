"""What if: replay a stopping rule over the histories of a finished sweep, and tell what it saves and what it costs.

All runs of the replay start together and log one value at a time; among runs at the same value the one that
started first comes first. What a stopped run would have logged later is seen by nobody.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from sweeps_app.stopping.progress import finite
from sweeps_app.stopping.rule import Decision, Goal, Peers, Progress, Rule, Standing

TOP = 5


@dataclass(frozen=True, slots=True, eq=False)
class RunHistory:
    """A run: its name, the metric's values in the order logged (float64[n]), and its final objective, if any.

    `started` orders the runs; any number will do, such as seconds.
    """

    run: str
    values: NDArray[np.float64]
    objective: float | None
    started: float = 0.0


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run that the rule would have stopped, and `saved`, the values it would not have logged."""

    run: str
    decision: Decision
    saved: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a rule would have done.

    Computing is counted in logged values: `saved` of `iterations`. `best` is the run with the best objective;
    `top` are the best k, in order, and `wrongly_stopped` those of them that were stopped. `best_survivor` has the best
    objective of the runs that went on, `regret` how far that is from the best of all (0 or more); both are None
    where no run with an objective went on.
    """

    runs: int
    iterations: int
    saved: int
    stopped: tuple[Stopped, ...]
    top: tuple[str, ...]
    wrongly_stopped: tuple[str, ...]
    best: str | None
    best_survivor: str | None
    regret: float | None

    @property
    def saved_share(self) -> float:
        """The share of the computing that is saved, 0 to 1."""
        return self.saved / self.iterations if self.iterations else 0.0

    @property
    def best_was_stopped(self) -> bool:
        """Whether the best run of all would have been stopped."""
        return self.best is not None and self.best in self.wrongly_stopped


@dataclass(slots=True)
class _Replayed:
    """A run on its way through the replay."""

    history: RunHistory
    values: NDArray[np.float64]
    progress: Progress = field(default_factory=Progress)
    decision: Decision | None = None


def what_if(histories: Sequence[RunHistory], rule: Rule, top: int = TOP) -> WhatIf:
    """Replay `rule` over `histories`; the best `top` runs by objective count as good."""
    ordered = sorted(histories, key=lambda history: history.started)
    replayed = [_Replayed(history, finite(history.values)) for history in ordered]
    _replay(replayed, rule)
    stopped = tuple(
        Stopped(run.history.run, run.decision, _values_after(run.history.values, run.decision.iteration))
        for run in replayed
        if run.decision is not None
    )
    return _judged(ordered, stopped, rule.goal, top)


def _replay(runs: Sequence[_Replayed], rule: Rule) -> None:
    rungs: defaultdict[int, list[float]] = defaultdict(list)
    for moment, index in sorted((moment, i) for i, run in enumerate(runs) for moment in rule.moments(run.values)):
        run = runs[index]
        if run.decision is None:
            _advance(run, rule, moment, rungs)


def _advance(run: _Replayed, rule: Rule, moment: int, rungs: defaultdict[int, list[float]]) -> None:
    observed = rule.observe(run.progress, run.values[run.progress.count : moment])
    run.progress = observed.progress
    for rung in observed.rungs:
        insort(rungs[rung.band], rung.value)
    for standing in observed.standings:
        decision = rule.decide(standing, _others(rungs, standing))
        if decision.stop:
            run.decision = decision
            return


class _AllButOne:
    """An ascending list without the element at `index`, and without copying it."""

    def __init__(self, values: list[float], index: int) -> None:
        self._values = values
        self._index = index

    def __len__(self) -> int:
        return len(self._values) - 1

    def __getitem__(self, index: int) -> float:
        return self._values[index + (index >= self._index)]


def _others(rungs: defaultdict[int, list[float]], standing: Standing) -> Peers:
    if standing.band is None:
        return []
    values = rungs[standing.band]
    return _AllButOne(values, bisect_left(values, standing.rung))


def _values_after(values: NDArray[np.float64], count: int) -> int:
    """Return how many values come after the finite one of number `count`."""
    return len(values) - 1 - int(np.flatnonzero(np.isfinite(values))[count - 1])


def _judged(ordered: Sequence[RunHistory], stopped: tuple[Stopped, ...], goal: Goal, top: int) -> WhatIf:
    ranked = _best_first(ordered, goal)
    gone = {run.run for run in stopped}
    survivor = next((run for run in ranked if run.run not in gone), None)
    good = tuple(run.run for run in ranked[:top])
    return WhatIf(
        runs=len(ordered),
        iterations=sum(len(history.values) for history in ordered),
        saved=sum(run.saved for run in stopped),
        stopped=stopped,
        top=good,
        wrongly_stopped=tuple(run for run in good if run in gone),
        best=ranked[0].run if ranked else None,
        best_survivor=survivor.run if survivor else None,
        regret=_gap(ranked[0], survivor) if survivor else None,
    )


def _best_first(histories: Sequence[RunHistory], goal: Goal) -> list[RunHistory]:
    """Return the runs with a finite objective; equal ones keep their order."""
    sign = 1.0 if goal == "minimize" else -1.0
    keyed = [(sign * h.objective, h) for h in histories if h.objective is not None and isfinite(h.objective)]
    return [history for _, history in sorted(keyed, key=lambda pair: pair[0])]


def _gap(best: RunHistory, survivor: RunHistory) -> float:
    return abs((survivor.objective or 0.0) - (best.objective or 0.0))
