"""The results of sweeps as trials, kept in memory: they are only ever added to, and searches read all of them often."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from sweeps_app.models import Result, Sweep
from sweeps_app.search.trials import Trial

_MOST = 8
_lock = threading.Lock()
_logs: OrderedDict[tuple[int, str], "_Log"] = OrderedDict()


@dataclass
class _Log:
    """The first `results` results of a sweep, and the trial that each number came to."""

    results: int = 0
    trials: dict[int, Trial] = field(default_factory=dict)


def ended_trials(sweep: Sweep, results: int) -> dict[int, Trial]:
    """Return by number the trials that the first `results` results of a sweep tell of; a later result counts.

    What an earlier call has read is not read again.
    """
    key = (sweep.pk, sweep.sweep_id)
    with _lock:
        log = _logs.pop(key, None) or _Log()
        if log.results > results:
            log = _Log()
        _read(log, sweep, results)
        _logs[key] = log
        while len(_logs) > _MOST:
            _logs.popitem(last=False)
        return dict(log.trials)


def _read(log: _Log, sweep: Sweep, results: int) -> None:
    """Add what is new."""
    found = Result.objects.filter(sweep=sweep, number__gte=log.results, number__lt=results)
    fields = ("suggestion__number", "suggestion__config", "state", "values")
    for number, tried, state, values in found.order_by("number").values_list(*fields).iterator():
        log.trials[number] = Trial(
            number, tried, "finished" if state == Result.State.FINISHED else "failed", tuple(values)
        )
    log.results = results
