"""Quarantine: an agent, or a host with all of its agents, whose runs fail far more often than elsewhere gets no more.

What has failed there waits for other agents. `analysis/failures.py` has the test. Whoever calls holds the lock of the
sweep, under which runs are handed out, too.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from sweeps_app.analysis.failures import Tally, fails_far_more, is_suspect
from sweeps_app.errors import NotFound
from sweeps_app.models import Agent, Run, Sweep
from sweeps_app.search.retry import RetryPolicy
from sweeps_app.selectors.places import Place, agent_and_host, survivors
from sweeps_app.services.attempts import AttemptEnd, requeue
from sweeps_app.services.bell import EVERYONE, sweep_wake
from sweeps_app.services.locks import sweep_locked

_FAILED_STATES = (Run.State.FAILED, Run.State.CRASHED)
# Bounds one transaction; what is left over can be tried again by hand.
MAX_RUNS = 10_000


def quarantine_judge(*, run: Run, sweep: Sweep, now: datetime) -> bool:
    """Tell whether the agent whose run has just failed is in quarantine; it, or its host, is put there if that is due.

    The caller holds the run's lock as well, has counted the failure with the agent, and sees to the run itself.
    """
    agent = run.agent
    if agent is None or sweep.state not in Sweep.ACTIVE_STATES or not RetryPolicy.of(sweep.config).quarantine:
        return False
    if agent.quarantined_at is not None:
        return True
    alone, host = agent_and_host(agent)
    if agent.host and (reason := _reason(f"On host {agent.host}", host, run, agent, beside_host=True)):
        _put(sweep, Agent.objects.filter(sweep=sweep, host=agent.host), reason, now, but=run, with_host=True)
        return True
    if reason := _reason("With this agent", alone, run, agent, beside_host=False):
        _put(sweep, Agent.objects.filter(pk=agent.pk), reason, now, but=run, with_host=False)
        return True
    return False


def quarantine_inherit(*, agent: Agent) -> None:
    """Put a new agent of a host that is in quarantine there, too."""
    if not agent.host:
        return
    held = Agent.objects.filter(sweep=agent.sweep_id, host=agent.host, quarantined_with_host=True).first()
    if held is not None:
        agent.quarantined_at, agent.quarantine_reason = held.quarantined_at, held.quarantine_reason
        agent.quarantined_with_host = True
        agent.save(update_fields=["quarantined_at", "quarantine_reason", "quarantined_with_host"])


@transaction.atomic
def agent_release(*, agent: Agent) -> Agent:
    """Let an agent out of quarantine, with all agents of its host if the host is in it, and return it as stored.

    What has failed so far no longer speaks against them. Repeating it changes nothing.
    """
    sweep = sweep_locked(agent.sweep_id)
    if sweep is None:
        raise NotFound("the agent's sweep has been deleted meanwhile")
    current = Agent.objects.select_related("sweep__project__entity").get(pk=agent.pk)
    if current.quarantined_at is None:
        return current
    concerned = Agent.objects.filter(pk=agent.pk)
    if current.quarantined_with_host:
        concerned = Agent.objects.filter(sweep=sweep, host=current.host, quarantined_with_host=True)
    concerned.update(
        quarantined_at=None,
        quarantine_reason="",
        quarantined_with_host=False,
        cleared_done=F("runs_done"),
        cleared_failed=F("runs_failed"),
    )
    sweep_wake(sweep=sweep, count=EVERYONE)
    current.refresh_from_db()
    return current


def _reason(where: str, place: Place, run: Run, agent: Agent, *, beside_host: bool) -> str:
    """Return why a place is to be put in quarantine after the failure of `run`; empty where it is not.

    Runs that go on elsewhere for longer than the failed one took have not failed: where a bad machine fails at once,
    they are long all that there is to compare with.
    """
    if not is_suspect(place.here):
        return ""
    going_on = 0 if run.started_at is None else survivors(agent, run.started_at, beside_host=beside_host)
    elsewhere = Tally(place.elsewhere.done + going_on, place.elsewhere.failed)
    if not fails_far_more(place.here, elsewhere, place.places):
        return ""
    told = f"{where} {place.here.failed:,} of {place.here.done:,} runs have failed"
    return f"{told}, elsewhere {elsewhere.failed:,} of {elsewhere.done:,}"


def _put(sweep: Sweep, concerned: QuerySet[Agent], reason: str, now: datetime, *, but: Run, with_host: bool) -> None:
    """Put agents in quarantine, and let what has failed with them wait for others, `but` the run at hand."""
    concerned.update(quarantined_at=now, quarantine_reason=reason, quarantined_with_host=with_host)
    failed = Run.objects.filter(
        sweep=sweep, agent__in=concerned, state__in=_FAILED_STATES, stop_requested=False, suggestion__isnull=False
    )
    for run in failed.exclude(pk=but.pk).order_by("pk").select_for_update(of=("self",))[:MAX_RUNS]:
        end = AttemptEnd(
            Run.Cause.QUARANTINE,
            run.state,
            run.finished_at or timezone.now(),
            exit_code=run.exit_code,
            error=run.error,
        )
        requeue(run=run, sweep=sweep, end=end)
