"""The results of sweeps as trials, kept in memory: they are only ever added to, and searches read all of them often."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from sweeps_app.models import Result, Sweep
from sweeps_app.search.trials import Trial

_MOST = 8
_lock = threading.Lock()
_logs: OrderedDict[str, "_Log"] = OrderedDict()


@dataclass
class _Log:
    """The first `results` results of a sweep, of which `rows` are there, and the trial that each number came to."""

    results: int = 0
    rows: int = 0
    trials: dict[int, Trial] = field(default_factory=dict)


def ended_trials(sweep: Sweep, results: int) -> dict[int, Trial]:
    """Return by number the trials that the first `results` results of a sweep tell of; a later result counts.

    What an earlier call has read is not read again, unless runs were deleted since.
    """
    with _lock:
        log = _logs.pop(sweep.sweep_id, None) or _Log()
        if log.results > results or _count(sweep, log.results) != log.rows:
            log = _Log()
        _read(log, sweep, results)
        _logs[sweep.sweep_id] = log
        while len(_logs) > _MOST:
            _logs.popitem(last=False)
        return dict(log.trials)


def _count(sweep: Sweep, results: int) -> int:
    return Result.objects.filter(sweep=sweep, number__lt=results).count() if results else 0


def _read(log: _Log, sweep: Sweep, results: int) -> None:
    """Add what is new."""
    found = Result.objects.filter(
        sweep=sweep, number__gte=log.results, number__lt=results, run__suggestion__isnull=False
    )
    fields = ("run__suggestion__number", "run__suggestion__config", "state", "values")
    for number, tried, state, values in found.order_by("number").values_list(*fields).iterator():
        log.trials[number] = Trial(
            number, tried, "finished" if state == Result.State.FINISHED else "failed", tuple(values)
        )
    log.results = results
    log.rows = _count(sweep, results)
