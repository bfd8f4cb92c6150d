"""How long runs took, and the configurations of the best ones: what a new sweep can learn of earlier ones."""

from typing import Any

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from sweeps_app.models import Project, Run, Sweep
from sweeps_app.selectors.sweeps import ranked_runs

_NEWEST = 1_000
_ANY = Q()
_ENDED = (Run.State.FINISHED, Run.State.STOPPED_EARLY)


def run_seconds(of: Sweep | Project) -> NDArray[np.float64]:
    """Return how many seconds the newest runs that finished, or were stopped early, took: at most 1,000."""
    where = {"sweep": of} if isinstance(of, Sweep) else {"project": of}
    ended = Run.objects.filter(**where, state__in=_ENDED, started_at__isnull=False, finished_at__isnull=False)
    times = ended.order_by("-pk").values_list("started_at", "finished_at")[:_NEWEST]
    return np.array([(end - start).total_seconds() for start, end in times if start and end], dtype=np.float64)


def best_configs(sweep: Sweep, *, count: int, among: Q = _ANY) -> list[dict[str, Any]]:
    """Return the configurations of the `count` best runs that ended with a finite objective, the best first."""
    return list(_ranked(sweep, among).values_list("config", flat=True)[:count])


def ranked_count(sweep: Sweep, *, among: Q = _ANY) -> int:
    """Return how many runs `best_configs` can choose from."""
    return _ranked(sweep, among).count()


def _ranked(sweep: Sweep, among: Q) -> QuerySet[Run]:
    return ranked_runs(sweep).filter(among, state__in=_ENDED)
