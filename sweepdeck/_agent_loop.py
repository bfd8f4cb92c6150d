"""The work of an agent: ask for a run, do it, say how it ended, until there is a reason to stop."""

import os
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from sweepdeck import _console
from sweepdeck._api import Client, path
from sweepdeck._begin import take_up_run, whereabouts
from sweepdeck._errors import ApiError, CommError
from sweepdeck._execute import execute
from sweepdeck._exit import (
    KILLED_EXIT_CODE,
    SIGTERM_EXIT_CODE,
    Ending,
    Terminated,
    ending_of,
    forget_ending,
    install_hooks,
)
from sweepdeck._failures import Failures
from sweepdeck._interrupt import SECOND_CTRL_C_SECONDS, AgentKilled, Interrupter
from sweepdeck._machine import host_name
from sweepdeck._run import Run
from sweepdeck._settings import Settings
from sweepdeck._sync import send_left_behind

GOODBYE_SECONDS = 2.0
# How long the server may hold its answer back until there is a run.
ASK_SECONDS = 20.0
_REASON_CHARACTERS = 500


def ask(client: Client, agent_path: str, start: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for a run, which begins where `start` says, and return the answer; `CommError`: the agent is refused.

    An agent of a sweep that was deleted meanwhile is told to end, as one of a sweep that was canceled.
    """
    # The request id lets the server answer a repeated request with the same run.
    body = {"request_id": secrets.token_hex(16), "wait": ASK_SECONDS, "start": start}
    try:
        return client.call("POST", f"{agent_path}/next", body, seconds=None)
    except ApiError as error:
        if error.status != 404:
            raise
        return {"command": "exit", "reason": "the server has its sweep no longer, or shows it to you no longer"}


class AgentLoop:
    """An agent of one sweep; `work` is called once, in the thread in which the function is to run."""

    def __init__(
        self,
        client: Client,
        sweep: Mapping[str, Any],
        function: Callable[[], Any],
        count: int | None,
        settings: Settings,
    ) -> None:
        self._client, self._sweep, self._function, self._count = client, sweep, function, count
        self._settings = settings
        self._id = secrets.token_hex(8)
        self._path = f"/agents{path(self._id)}"
        self._interrupter = Interrupter()
        self._failures = Failures()
        self._started = time.monotonic()
        self._runs = 0
        self._run: Run | None = None
        self._unsent: list[Run] = []
        self._has_said_why_it_waits = False

    def work(self) -> None:
        """Register, serve until there is nothing more to do, and say goodbye.

        Raises `KeyboardInterrupt` for a Ctrl+C that means the agent, `CommError` where the server refuses it.
        """
        self._register()
        install_hooks()
        reason = "interrupted"
        try:
            with self._interrupter:
                reason = self._serve()
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise
        finally:
            if self._run is not None:
                self._run.end(Ending(KILLED_EXIT_CODE, "killed"))
            self._say_goodbye(reason)

    def _register(self) -> None:
        body = {"agent_id": self._id, "host": host_name(), "pid": os.getpid()}
        if self._settings.job_id:
            body["job_id"] = self._settings.job_id
        self._client.call("POST", f"/sweeps{path(self._sweep['sweep_id'])}/agents", body)
        _console.say(f"agent {self._id} works on sweep {self._sweep['sweep_id']}: {self._sweep['url']}")

    def _serve(self) -> str:
        """Do one run after another and return why there are no more."""
        while self._count is None or self._runs < self._count:
            self._send_unsent()
            answer = ask(self._client, self._path, whereabouts())
            if answer["command"] == "exit":
                return str(answer["reason"])
            if answer["command"] == "wait":
                self._wait(answer)
                continue
            self._has_said_why_it_waits = False
            self._runs += 1
            self._do(answer["run"])
            if reason := self._reason_to_give_up():
                return reason
        return f"{self._runs} runs are done"

    def _wait(self, answer: Mapping[str, Any]) -> None:
        if not self._has_said_why_it_waits:
            self._has_said_why_it_waits = True
            _console.say(f"the agent waits: {answer['reason']}")
        time.sleep(answer["retry_after"])

    def _do(self, data: Mapping[str, Any]) -> None:
        """Do one run, from its beginning to its end on the server."""
        self._run = take_up_run(self._client, data, interrupter=self._interrupter, console=self._settings.console)
        error = execute(self._function, self._run, self._interrupter)
        self._end(self._run, error)

    def _end(self, run: Run, error: BaseException | None) -> None:
        ending = Ending(SIGTERM_EXIT_CODE, "preempted") if self._is_taken_away(error) else ending_of(error)
        run.end(ending)
        self._run = None
        if not run.is_sent:
            self._unsent.append(run)
        self._note(run.ending if error is None and run.ending is not None else ending)
        forget_ending()
        if isinstance(error, AgentKilled):
            raise KeyboardInterrupt from None
        if isinstance(error, Terminated):
            raise error
        if isinstance(error, KeyboardInterrupt) and self._interrupter.had_ctrl_c:
            _console.say(
                f"run {run.name} was stopped; Ctrl+C again within {SECOND_CTRL_C_SECONDS:.0f} seconds ends the agent"
            )

    def _send_unsent(self) -> None:
        """Send what runs could not tell in time, once the server is back: it would have them done again."""
        while self._unsent:
            run = self._unsent.pop()
            send_left_behind(self._client, (run.entity, run.project), run.id, is_patient=True)

    def _is_taken_away(self, error: BaseException | None) -> bool:
        """Tell whether another agent is to go on: a machine that is taken away sends SIGTERM, a job is interrupted."""
        is_job_stopped = bool(self._settings.job_id) and self._interrupter.had_ctrl_c
        return isinstance(error, Terminated) or (isinstance(error, KeyboardInterrupt) and is_job_stopped)

    def _note(self, ending: Ending) -> None:
        self._failures.note(
            has_failed=ending.has_failed,
            has_finished=ending.word == "finished",
            at=time.monotonic() - self._started,
        )

    def _reason_to_give_up(self) -> str:
        if self._settings.job_id and self._interrupter.had_ctrl_c:
            return "its job was stopped"
        verdict = self._failures.verdict()
        if not verdict or not self._settings.agent_gives_up:
            return ""
        _console.warn(f"{verdict}: the agent gives up (SWEEPDECK_AGENT_DISABLE_FLAPPING=true lets it go on)")
        return verdict

    def _say_goodbye(self, reason: str) -> None:
        _console.say(f"agent {self._id} ends: {reason}")
        with suppress(CommError):
            self._client.call(
                "POST", f"{self._path}/exit", {"reason": reason[:_REASON_CHARACTERS]}, seconds=GOODBYE_SECONDS
            )
