"""Agents: register, keep alive, leave."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sweeps_app.errors import Conflict, InvalidInput, NotFound
from sweeps_app.models import Agent, AgentJob, Run, Sweep, User
from sweeps_app.models.agent import KnownRuns
from sweeps_app.models.identifiers import agent_id_pattern
from sweeps_app.services.bell import is_prepared, prepare_ring
from sweeps_app.services.locks import sweep_locked
from sweeps_app.services.quarantine import quarantine_inherit
from sweeps_app.services.reconcile import runs_crash

_OVER_STATES = (Sweep.State.CANCELED, Sweep.State.FAILED)
_MAX_NAME = 200


@dataclass(frozen=True)
class Instruction:
    """What an agent is to do: `go` on or `exit`."""

    command: str
    reason: str = ""


@transaction.atomic
def agent_register(
    *,
    user: User,
    sweep: Sweep,
    agent_id: str,
    name: str = "",
    host: str = "",
    pid: int | None = None,
    job_id: str = "",
) -> tuple[Agent, bool]:
    """Return the agent that calls itself `agent_id`, and whether this call made it.

    One of a host that is in quarantine begins there, too.
    Raises `InvalidInput` for an unusable id, `Conflict` where the id belongs to another sweep's or person's agent.
    """
    try:
        agent_id_pattern(agent_id)
    except ValidationError as error:
        raise InvalidInput.of("agent_id", str(error.message)) from None
    agent, created = Agent.objects.get_or_create(
        agent_id=agent_id,
        defaults={
            "sweep": sweep,
            "job": AgentJob.objects.filter(job_id=job_id, sweep=sweep).first() if job_id else None,
            "name": name or _place(host, pid) or agent_id,
            "host": host,
            "pid": pid,
            "created_by": user,
            "heartbeat_at": timezone.now(),
        },
    )
    if created and (is_prepared(sweep) or _has_failures(agent)):
        locked = sweep_locked(sweep.pk)
        if locked is None:
            raise NotFound("the agent's sweep has been deleted meanwhile")
        quarantine_inherit(agent=agent)
        prepare_ring(sweep=locked)
    if agent.sweep_id != sweep.pk or agent.created_by_id != user.pk:
        raise Conflict(f"agent id '{agent_id}' is taken: choose another")
    return agent, created


def _has_failures(agent: Agent) -> bool:
    """Tell whether a run has failed on the agent's host: where none has, the host is not in quarantine.

    Should several fail before the agent is there for others to see, the next failure takes it in.
    """
    return bool(agent.host) and Agent.objects.filter(sweep=agent.sweep_id, host=agent.host, runs_failed__gt=0).exists()


def agent_renew(*, agent: Agent, request_id: str) -> KnownRuns:
    """Note that the agent asks for work, and read what it was told meanwhile; the caller holds its sweep's lock.

    Return which runs are known that may answer the question. An agent that was given up as lost, or had left, is active
    again.
    """
    now = timezone.now()
    known = Agent.renew(agent.pk, now, request_id, only_free=True)
    if known is not None:
        agent.order, agent.quarantined_at = Agent.Order.NONE, None
        return known
    known = Agent.renew(agent.pk, now, request_id)
    agent.refresh_from_db(fields=["order", "quarantined_at", "quarantine_reason"])
    return known or KnownRuns(None, None)


def agent_heartbeat(*, agent: Agent) -> Instruction:
    """Note that the agent is alive and tell it whether to go on.

    One that was given up as lost is active again; one that has left stays away, since a last sign of life may
    arrive after its farewell.
    """
    alive = Agent.objects.filter(pk=agent.pk).exclude(state=Agent.State.EXITED)
    alive.update(heartbeat_at=timezone.now(), state=Agent.State.ACTIVE, exit_reason="")
    if agent.order == Agent.Order.KILL:
        return Instruction("exit", "the agent was told to end")
    sweep = Sweep.objects.only("state").get(pk=agent.sweep_id)
    if sweep.state in _OVER_STATES:
        return Instruction("exit", f"the sweep is {sweep.state}")
    return Instruction("go")


def agent_exit(*, agent: Agent, reason: str = "") -> Agent:
    """Note that the agent has ended of its own will; saying so twice changes nothing.

    Runs that it was given and has not begun wait for another agent.
    """
    Agent.objects.filter(pk=agent.pk).exclude(state=Agent.State.EXITED).update(
        state=Agent.State.EXITED, exit_reason=reason, heartbeat_at=timezone.now()
    )
    unbegun = Run.objects.filter(agent=agent, state=Run.State.PENDING, queued_at=None)
    runs_crash(runs=unbegun, now=timezone.now(), cause=Run.Cause.UNBEGUN)
    agent.refresh_from_db(fields=["state", "exit_reason", "heartbeat_at"])
    return agent


def _place(host: str, pid: int | None) -> str:
    """Return where the agent runs, as long as a name may be; empty where it does not say."""
    process = "" if pid is None else f":{pid}"
    return f"{host[: _MAX_NAME - len(process)]}{process}" if host else ""
