"""Early stopping: judge a run by its sweep's rule when values of the metric arrive."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from sweeps_app.columns.table import Columns
from sweeps_app.models import Run, RunRung, StoppingDecision, Sweep
from sweeps_app.stopping.decide import rule_of
from sweeps_app.stopping.rule import Decision, Goal, Progress, Rule, Rung, Standing


class StoredPeers:
    """What the other runs were worth at a band, ascending, read from the index one value at a time."""

    def __init__(self, run: Run, band: int) -> None:
        self._rungs: QuerySet[RunRung] = (
            RunRung.objects.filter(sweep=run.sweep, band=band).exclude(run=run).order_by("value", "pk")
        )
        self._count = self._rungs.count()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> float:
        return self._rungs.values_list("value", flat=True)[index]


def stopping_judge(*, run: Run, columns: Columns) -> None:
    """Judge a run by the values that have come in, and mark it to be stopped where its rule says so.

    The caller holds the run's lock and saves it. The work does not depend on how many runs or values there are.
    """
    rule = _rule(run.sweep)
    if rule is None or run.sweep is None or run.state not in Run.ACTIVE_STATES:
        return
    column = columns.metrics.get(run.sweep.metric_name)
    if column is None:
        return
    _observe(run, rule, column.numbers()[1])


def sweep_rule(sweep: Sweep) -> Rule | None:
    """Return the stopping rule of a sweep, None where it has none."""
    return _rule(sweep)


def _observe(run: Run, rule: Rule, values: NDArray[np.float64]) -> None:
    observed = rule.observe(Progress(**run.stopping_progress), values)
    run.stopping_progress = asdict(observed.progress)
    _store_rungs(run, observed.rungs)
    for standing in observed.standings:
        decision = rule.decide(standing, _peers(run, standing))
        _store_decision(run, decision)
        if decision.stop and not run.stop_requested:
            run.stop_requested = True
            run.stop_reason = Run.StopReason.RULE
        if decision.stop:
            return


def _rule(sweep: Sweep | None) -> Rule | None:
    section = sweep.config.get("early_terminate") if sweep is not None else None
    if sweep is None or not section:
        return None
    goal: Goal = "maximize" if sweep.metric_goal == "maximize" else "minimize"
    return _made_rule(json.dumps(section, sort_keys=True), goal)


@lru_cache(maxsize=256)
def _made_rule(section: str, goal: Goal) -> Rule:
    config: Mapping[str, Any] = json.loads(section)
    return rule_of(config, goal)


def _peers(run: Run, standing: Standing) -> StoredPeers | list[float]:
    return [] if standing.band is None else StoredPeers(run, standing.band)


def _store_rungs(run: Run, rungs: tuple[Rung, ...]) -> None:
    if run.sweep_id is not None:
        RunRung.objects.bulk_create(
            (RunRung(sweep_id=run.sweep_id, run=run, band=rung.band, value=rung.value) for rung in rungs),
            ignore_conflicts=True,
        )


def _store_decision(run: Run, decision: Decision) -> None:
    """Keep the newest decision at each band, and of rules without bands the one that stops the run."""
    values = asdict(decision) | {"sweep_id": run.sweep_id}
    if decision.band is not None:
        StoppingDecision.objects.update_or_create(run=run, band=values.pop("band"), defaults=values)
    elif decision.stop:
        StoppingDecision.objects.create(run=run, **values)
