"""Processes whose attempt at a run is over: what still comes from them is refused.

The newer clients of Weights & Biases do not name their attempt. But each line of a process tells when that process
began, by its own clock: `_timestamp` less `_runtime`. So an attempt's process is known by its first line, and once a
lost attempt is followed by another one, by every later line.
"""

from django.db import transaction

from sweeps_app.errors import StaleAttempt
from sweeps_app.models import Run, RunAttempt, WandbRun
from sweeps_app.services.liveness import run_locked

# One process tells the moment to some hundredths of a second; two attempts of a lost run are further apart.
TOLERANCE = 0.5


def wandb_attempt_check(*, run: Run, born: float | None) -> None:
    """Note that the process of a run began at `born`, in seconds of its clock, None where it does not say.

    Raises `StaleAttempt` where that is a process of an attempt that is over, or where the run has been given to another
    agent and no process of this client has begun it since.
    """
    facts = WandbRun.objects.filter(run=run).only("attempt", "born", "over").first()
    if facts is None or facts.attempt is None:
        return
    if facts.attempt != run.attempt:
        raise StaleAttempt(facts.attempt, run.attempt)
    if born is None:
        return
    if any(abs(born - ended) < TOLERANCE for ended in facts.over):
        raise StaleAttempt(run.attempt - 1, run.attempt)
    if facts.born is None or abs(born - facts.born) >= TOLERANCE:
        WandbRun.objects.filter(pk=facts.pk, attempt=run.attempt).update(born=born)


@transaction.atomic
def wandb_attempt_begin(*, run: Run) -> None:
    """Note that a process of this client begins the run's present attempt.

    Where the attempt before was given up, its process may still live, and is refused from now on. One that has told
    its end is gone; it is not remembered, since a process that goes on from it counts its time from the same moment.
    """
    locked = run_locked(run)
    facts, _ = WandbRun.objects.get_or_create(run=run)
    if facts.attempt == locked.attempt:
        return
    if facts.attempt is not None and facts.born is not None and _was_given_up(run, facts.attempt):
        facts.over = [*facts.over, facts.born]
    facts.attempt, facts.born = locked.attempt, None
    facts.save(update_fields=["attempt", "born", "over"])


def _was_given_up(run: Run, attempt: int) -> bool:
    return RunAttempt.objects.filter(run=run, number=attempt, cause__in=Run.PRESUMED_CAUSES).exists()
