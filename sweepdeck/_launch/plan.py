"""What all slots of one launch share: what to run, how often, how it went, and when to end."""

import os
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sweepdeck._api import Client
from sweepdeck._failures import Failures
from sweepdeck._ranks import VARIABLES


@dataclass(frozen=True)
class Program:
    """What is run under each configuration."""

    path: str
    command: Sequence[str]
    grace: float
    output: int | None = None


@dataclass
class Plan:
    """The runs of one launch, which is an agent job's where `job_id` names one.

    `ending` is set once no further run begins, and `reason` then says why.
    """

    client: Client
    sweep: Mapping[str, Any]
    program: Program
    count: int | None
    gives_up: bool
    job_id: str = ""
    ending: threading.Event = field(default_factory=threading.Event)
    reason: str = ""
    has_given_up: bool = False
    states: Counter[str] = field(default_factory=Counter)
    _failures: Failures = field(default_factory=Failures)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: int = 0
    _started: float = field(default_factory=time.monotonic)

    def take_turn(self) -> bool:
        """Tell whether another run may begin, which then counts."""
        with self._lock:
            if self.ending.is_set() or (self.count is not None and self._begun >= self.count):
                return False
            self._begun += 1
            return True

    def return_turn(self) -> None:
        """There was no run for a turn that was taken."""
        with self._lock:
            self._begun -= 1

    def end(self, reason: str) -> None:
        """Begin no further run; the first reason counts."""
        with self._lock:
            self.reason = self.reason or reason
        self.ending.set()

    def note(self, state: str) -> None:
        """Count a run that has ended, and end the launch where too many fail."""
        with self._lock:
            self.states[state] += 1
            at = time.monotonic() - self._started
            self._failures.note(
                has_failed=state in ("failed", "crashed"), has_finished=state in ("finished", "stopped_early"), at=at
            )
            verdict = self._failures.verdict() if self.gives_up else ""
        if verdict:
            self.has_given_up = True
            self.end(verdict)

    def environment(self, run: Mapping[str, Any]) -> dict[str, str]:
        """Return the environment in which a run's process finds its run by `init()`.

        The rank that this agent has, where Slurm or MPI has started several, is not one of its programs'.
        """
        of_ranks = {name for pair in VARIABLES for name in pair}
        return {name: value for name, value in os.environ.items() if name not in of_ranks} | {
            "SWEEPDECK_BASE_URL": self.client.base_url,
            "SWEEPDECK_ENTITY": str(run["entity"]),
            "SWEEPDECK_PROJECT": str(run["project"]),
            "SWEEPDECK_SWEEP_ID": str(self.sweep["sweep_id"]),
            "SWEEPDECK_RUN_ID": str(run["run_id"]),
            "SWEEPDECK_RUN_ATTEMPT": str(run["attempt"]),
            "SWEEPDECK_AGENT_PID": str(os.getpid()),
        }
