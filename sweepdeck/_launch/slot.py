"""One place for a run: an agent that asks for work, runs the program, and says how it ended."""

import os
import secrets
import signal
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sweepdeck import _console
from sweepdeck._agent_loop import GOODBYE_SECONDS, ask
from sweepdeck._api import STALE_ATTEMPT, Client, path
from sweepdeck._errors import ApiError, CommError, UsageError
from sweepdeck._exit import KILLED_EXIT_CODE, Ending
from sweepdeck._launch.cards import VISIBLE
from sweepdeck._launch.child import Child
from sweepdeck._launch.macros import expanded
from sweepdeck._launch.plan import Plan
from sweepdeck._listener import Listener
from sweepdeck._machine import host_name
from sweepdeck._sender import run_path
from sweepdeck._sync import send_left_behind

_LOOK_SECONDS = 0.1
_REASON_CHARACTERS = 500


class Slot:
    """Works in a thread of its own; `cards` are the graphics cards of its runs, if they are shared out."""

    def __init__(self, plan: Plan, number: int, cards: str | None) -> None:
        self._plan, self._number, self._cards = plan, number, cards
        self._client = plan.client
        self.agent_id = secrets.token_hex(8)
        self._path = f"/agents{path(self.agent_id)}"
        self._child: Child | None = None
        self._run: Mapping[str, Any] | None = None
        self._has_left = threading.Lock()
        self.is_asking = False

    @property
    def is_busy(self) -> bool:
        """Tell whether a run's process is there."""
        return self._child is not None

    def register(self) -> None:
        """Make the agent known. Raises `CommError` where the server refuses it."""
        host, pid = host_name(), os.getpid()
        body: dict[str, Any] = {"agent_id": self.agent_id, "host": host, "pid": pid}
        if self._number:
            body["name"] = f"{host[:150]}:{pid}/{self._number}"
        if self._plan.job_id:
            body["job_id"] = self._plan.job_id
        self._client.call("POST", f"/sweeps{path(self._plan.sweep['sweep_id'])}/agents", body)

    def work(self) -> None:
        """Do one run after another until there is nothing more to do, and say goodbye."""
        reason = ""
        try:
            reason = self._serve()
        except CommError as error:
            reason = str(error)
            _console.warn(f"agent {self.agent_id} cannot go on: {error}")
        finally:
            self.leave(reason)

    def leave(self, reason: str = "") -> None:
        """Say goodbye to the server, once; whatever the server still answers to a question is nobody's."""
        if not self._has_left.acquire(blocking=False):
            return
        with suppress(CommError):
            body = {"reason": (self._plan.reason or reason)[:_REASON_CHARACTERS]}
            self._client.call("POST", f"{self._path}/exit", body, seconds=GOODBYE_SECONDS)

    def mark_preempting(self) -> None:
        """Tell the server that the run's machine is about to be taken away, so that another agent goes on with it."""
        run = self._run
        if run is not None:
            with suppress(CommError):
                self._client_of(run).call("POST", f"{run_path(run)}/preempting", {}, seconds=GOODBYE_SECONDS)

    def stop(self) -> None:
        """Interrupt the run, from another thread; its process is terminated and killed if that does not help."""
        child = self._child
        if child is not None:
            child.stop()

    def kill(self) -> None:
        """Kill the run, from another thread."""
        child = self._child
        if child is not None:
            child.kill()

    def _serve(self) -> str:
        has_said_why = False
        while self._plan.take_turn():
            answer = self._ask()
            if answer["command"] == "run":
                has_said_why = False
                self._do(answer["run"])
                continue
            self._plan.return_turn()
            if answer["command"] == "exit":
                return str(answer["reason"])
            if not has_said_why:
                has_said_why = True
                _console.say(f"agent {self.agent_id} waits: {answer['reason']}")
            self._plan.ending.wait(answer["retry_after"])
        return "its runs are done"

    def _ask(self) -> dict[str, Any]:
        start = {"host": host_name(), "program": self._plan.program.path}
        self.is_asking = True
        try:
            return ask(self._client, self._path, start)
        finally:
            self.is_asking = False

    def _do(self, run: Mapping[str, Any]) -> None:
        """Do one run, from its beginning to its end on the server."""
        attempt = f" (attempt {run['attempt']})" if run["attempt"] > 1 else ""
        _console.say(f"run {run['name']} begins{attempt}: {run['url']}")
        self._run = run
        try:
            with tempfile.TemporaryDirectory(prefix="sweepdeck-") as folder:
                ending = self._execute(run, Path(folder) / "args.json")
            state = self._tell_end(run, ending)
        finally:
            self._run = None
        _console.say(f"run {run['name']} has ended: {state}")
        self._plan.note(state)

    def _client_of(self, run: Mapping[str, Any]) -> Client:
        return self._client.for_attempt(run["attempt"])

    def _execute(self, run: Mapping[str, Any], json_file: Path) -> Ending:
        program = self._plan.program
        environment = self._plan.environment(run)
        if self._cards is not None:
            environment[VISIBLE] = self._cards
        try:
            command = expanded(program.command, program=program.path, config=run["config"], json_file=json_file)
            self._child = Child(command, environment, grace=program.grace, output=program.output)
        except (UsageError, OSError, ValueError) as error:
            _console.warn(f"run {run['name']} cannot be started: {error}")
            return Ending(1, "failed", f"The command cannot be started: {error}")
        try:
            # A launch that ended meanwhile has found no process to stop.
            if self._plan.ending.is_set():
                self._child.stop()
            code = self._follow(self._child, run)
            return _ending(code, is_stopped=self._child.is_stopped)
        finally:
            self._child = None

    def _follow(self, child: Child, run: Mapping[str, Any]) -> int:
        """Keep the run alive on the server until its process has ended, and return its code."""

        def stop(reason: str) -> None:
            if not child.is_stopped:
                _console.say(f"run {run['name']} is being stopped: {reason}")
                child.stop()

        def refused(error: CommError) -> None:
            # That a run was deleted or has ended is its own process's to notice.
            if isinstance(error, ApiError) and error.has_code(STALE_ATTEMPT):
                stop("another agent has it")

        listener = Listener(self._client_of(run), run_path(run), lambda: stop("the server asked for it"), refused)
        try:
            while (code := child.wait(_LOOK_SECONDS)) is None:
                pass
        finally:
            listener.close()
        return code

    def _tell_end(self, run: Mapping[str, Any], ending: Ending) -> str:
        """Tell the server of the end, which changes nothing where the process did, and return the run's state."""
        seconds = GOODBYE_SECONDS if self._plan.ending.is_set() else None
        place = (run["entity"], run["project"])
        send_left_behind(self._client, place, run["run_id"], is_patient=seconds is None)
        told = {name: value for name, value in ending._asdict().items() if value not in (None, "")}
        try:
            client = self._client_of(run)
            return str(client.call("POST", f"{run_path(run)}/finish", told, seconds=seconds)["state"])
        except CommError as error:
            _console.warn(f"the end of run {run['name']} could not be told: {error}")
            return ending.word


def _ending(code: int, *, is_stopped: bool) -> Ending:
    if code == 0:
        return Ending()
    if is_stopped:
        return Ending(KILLED_EXIT_CODE, "killed")
    if code > 0:
        return Ending(min(code, 2**31 - 1), "failed", f"The command has ended with exit code {code}.")
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    more = " (out of memory?)" if name == "SIGKILL" else ""
    return Ending(128 - code, "failed", f"The command was ended by {name}{more}.")
