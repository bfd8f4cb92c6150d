"""What pages show of attempts: those at a run, and which runs of a sweep wait for one or may have another."""

from dataclasses import dataclass
from datetime import datetime

from sweeps_app.models import Agent, Run, Sweep
from sweeps_app.selectors.attempts import RetryFigures, retry_figures, run_attempts
from sweeps_app.selectors.fleet import AgentCounts, quarantines, sweep_agents
from sweeps_app.services.retry import OPEN_STATES

MAX_QUARANTINES = 3


@dataclass(frozen=True)
class ShownAttempt:
    """An attempt at a run; `why` says why another one followed, and is empty for the one that counts."""

    number: int
    state: str
    agent: Agent | None
    host: str
    started_at: datetime | None
    finished_at: datetime | None
    last_step: int | None
    exit_code: int | None
    error: str
    why: str = ""
    asked_by: str = ""

    @property
    def last_line(self) -> str:
        """Return the line of the error that says most: of a traceback that is the last one."""
        return self.error.strip().rpartition("\n")[2]


@dataclass(frozen=True)
class SweepRetry:
    """What a sweep's page says of further attempts, with the agents that may make them."""

    figures: RetryFigures
    agents: AgentCounts
    is_open: bool
    quarantines: list[str]

    @property
    def failed(self) -> int:
        """Return how many runs may be tried again by one click."""
        return self.figures.failed if self.is_open else 0

    @property
    def stranded(self) -> int:
        """Return how many runs wait while there is no agent that may take them."""
        return 0 if self.agents.free else self.figures.waiting


def shown_attempts(run: Run) -> list[ShownAttempt]:
    """Return all attempts at a run, the first one first; none where there was only one."""
    if run.attempt == 1 and run.queued_at is None:
        return []
    shown = [
        ShownAttempt(
            number=attempt.number,
            state=attempt.state,
            agent=attempt.agent,
            host=attempt.host,
            started_at=attempt.started_at,
            finished_at=attempt.finished_at,
            last_step=attempt.last_step,
            exit_code=attempt.exit_code,
            error=attempt.error,
            why=Run.Cause(attempt.cause).label,
            asked_by=attempt.asked_by.username if attempt.asked_by else "",
        )
        for attempt in run_attempts(run)
    ]
    return shown if run.queued_at is not None else [*shown, _current(run)]


def sweep_retry(sweep: Sweep, agents: AgentCounts) -> SweepRetry:
    """Return what the page of a sweep says of further attempts and of quarantine."""
    held = quarantines(sweep_agents(sweep), MAX_QUARANTINES) if agents.quarantined else []
    return SweepRetry(
        figures=retry_figures(sweep),
        agents=agents,
        is_open=sweep.state in OPEN_STATES,
        quarantines=[quarantine.agent.quarantine_reason for quarantine in held],
    )


def _current(run: Run) -> ShownAttempt:
    return ShownAttempt(
        number=run.attempt,
        state=run.state,
        agent=run.agent,
        host=run.host,
        started_at=run.started_at,
        finished_at=run.finished_at,
        last_step=run.last_step,
        exit_code=run.exit_code,
        error=run.error,
    )
