"""The Pareto front of a sweep that pursues several metrics."""

from functools import lru_cache
from typing import Any

import numpy as np

from sweeps_app.models import Result, Sweep
from sweeps_app.search.pareto import non_dominated


def front_size(sweep: Sweep) -> tuple[int, int]:
    """Return how many runs no other one beats in every metric of the sweep, and how many have all of these metrics."""
    signs = tuple(-1.0 if metric.get("goal") == "maximize" else 1.0 for metric in sweep.config.get("metrics") or ())
    # Results never change: while none comes and no run is deleted, the front stays.
    return _front_size(sweep.sweep_id, sweep.pk, signs, (sweep.result_count, sweep.run_deleted_change))


@lru_cache(maxsize=128)
def _front_size(_sweep_id: str, sweep_pk: int, signs: tuple[float, ...], _version: Any) -> tuple[int, int]:
    found = Result.objects.filter(sweep=sweep_pk, run__isnull=False, run__deleted_at=None).order_by("number")
    newest: dict[Any, list[float | None]] = {}
    for run, state, values in found.values_list("run", "state", "values"):
        newest[run] = values if state == Result.State.FINISHED else []
    whole = [values for values in newest.values() if len(values) == len(signs) and None not in values]
    if not whole:
        return 0, 0
    return int(non_dominated(np.array(whole, dtype=np.float64) * signs).sum()), len(whole)
