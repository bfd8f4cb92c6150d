"""Attempts at runs, as pages and the API show them."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from sweeps_app.models import Run, RunAttempt, Sweep

_FAILED = Q(state__in=(Run.State.FAILED, Run.State.CRASHED))


@dataclass(frozen=True)
class RetryFigures:
    """How many runs of a sweep wait for another attempt, how many have failed, and how many of these several times."""

    waiting: int
    failed: int
    given_up: int


def run_attempts(run: Run) -> QuerySet[RunAttempt]:
    """Return how each attempt at a run ended that was not the last one, the first one first."""
    return run.attempts.select_related("agent", "asked_by").order_by("number")


def retry_figures(sweep: Sweep) -> RetryFigures:
    """Return what the page of a sweep says of further attempts; runs that it did not choose do not count."""
    concerned = Run.objects.filter(
        sweep=sweep, suggestion__isnull=False, state__in=(Run.State.PENDING, Run.State.FAILED, Run.State.CRASHED)
    )
    counted = concerned.order_by().aggregate(
        waiting=Count("pk", filter=Q(queued_at__isnull=False)),
        failed=Count("pk", filter=_FAILED),
        given_up=Count("pk", filter=_FAILED & Q(attempt__gt=1)),
    )
    return RetryFigures(**counted)
