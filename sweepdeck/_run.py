"""A run: its configuration, what it logs, how it ends."""

import operator
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from sweepdeck import _console
from sweepdeck._api import Client, path
from sweepdeck._config import Config
from sweepdeck._context import clear_run, note_open
from sweepdeck._errors import UsageError
from sweepdeck._exit import Ending, ending_of
from sweepdeck._facts import RunFacts
from sweepdeck._history import RowBuilder
from sweepdeck._interrupt import Interrupter
from sweepdeck._machine import host_name, program_name
from sweepdeck._missing import missing
from sweepdeck._pending import Pending
from sweepdeck._queue import MAX_ROW_BYTES
from sweepdeck._sender import Sender
from sweepdeck._settings import Settings
from sweepdeck._summary import Summary
from sweepdeck._values import encode, plain_or_text, storable_items

BEGIN_SECONDS = 60.0
_MAX_STEP = 2**63 - 1


class Run(RunFacts):
    """One execution of a training function, from `init()` to `finish()`.

    As a context manager it ends with its block: as failed where an exception leaves the block.
    """

    def __init__(
        self, client: Client, data: Mapping[str, Any], *, interrupter: Interrupter, agent_path: str = ""
    ) -> None:
        self.ending: Ending | None = None
        self._closed, self._is_leased = "", bool(agent_path)
        self._interrupter = interrupter
        self._lock = threading.RLock()
        last_step = data["last_step"]
        self._builder = RowBuilder(0 if last_step is None else last_step + 1)
        self._sender = Sender(
            client,
            run_path(data),
            offset=data["history_rows"],
            stop_asked=self._stop_asked,
            agent_path=agent_path,
        )
        super().__init__(dict(data), client.base_url, self._sender.details)
        chosen = data["config"] if agent_path else ()
        self.config = Config(data["config"], self._config_changed, chosen)
        self.summary = Summary(self._summary_changed)
        self._sender.start()
        note_open(self)

    @property
    def step(self) -> int:
        """The step that the next `log()` adds to."""
        return self._builder.step

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be logged: the run has ended, or is the parent's of this forked process."""
        return bool(self._closed)

    def log(
        self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None, sync: object = None
    ) -> None:
        """Add values to the history: numbers, texts, booleans, lists, or dicts of these, by name.

        Each call without `step` completes a step; with `commit=False` or a `step`, later calls add to the same step
        until it is completed by `commit=True` or a larger step. Returns at once: a thread sends. Values that cannot be
        stored and steps that lie in the past are left out with a warning. Raises `UsageError` where `data` is no dict.
        """
        del sync  # of older versions of wandb
        if self._closed:
            self._warn_once("closed", f"run {self.name} {self._closed}: what is logged now is lost")
            return
        if not isinstance(data, Mapping):
            raise UsageError(f"log() takes a dict of names and values, not {type(data).__name__}")
        items = storable_items(data, self._warn_value)
        number = None if step is None else _step_number(step)
        with self._lock:
            try:
                rows = self._builder.add(items, number, commit)
            except ValueError as error:
                self._warn_once("step", f"{error}: such values are left out (steps only grow)")
                return
            self.summary.note_logged(items)
            for row in rows:
                self._put(row)

    def finish(self, exit_code: int | None = None, quiet: object = None) -> None:
        """End the run and wait until the server has all of it. An exit code other than 0 marks it as failed."""
        del quiet  # of older versions of wandb
        self.end(Ending(exit_code or 0))

    def end(self, ending: Ending) -> None:
        """End the run as `ending` says, unless it has ended; waits at most `SWEEPDECK_FINISH_TIMEOUT` seconds."""
        with self._lock:
            if self._closed:
                return
            if not self._is_leased:  # an agent's interrupter outlives the run
                self._interrupter.disarm()
            for row in self._builder.flush():
                self._put(row)
            self._closed, self.ending = "has finished", ending
        try:
            complete = self._sender.finish(_told(ending), Settings.from_environment().finish_timeout)
        finally:
            clear_run(self)
        self._say_end(ending, complete=complete)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(missing("a run", name, dir(self)))

    def detach(self) -> None:
        """Leave the run to the parent process, in a forked child: threads and locks are unusable here."""
        self._closed = "belongs to the process that began it (call init() in this one)"
        self._lock, self._changes = threading.RLock(), Pending()

    def __enter__(self) -> "Run":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(ending_of(error))

    def __repr__(self) -> str:
        return f"<sweepdeck.Run {self.path}>"

    def _put(self, row: dict[str, Any]) -> None:
        try:
            text = encode(row)
        except ValueError as error:  # an integer of thousands of digits
            self._warn_once("encode", f"a step is left out: {error}")
            return
        if len(text) > MAX_ROW_BYTES:
            self._warn_once("size", f"a step of {len(text):,} bytes is left out: at most {MAX_ROW_BYTES:,} are taken")
            return
        self._sender.queue.put(text)

    def _config_changed(self, changes: dict[str, Any]) -> None:
        if not self._closed:
            self._sender.config.update(storable_items(changes, self._warn_value, plain_or_text))

    def _summary_changed(self, changes: dict[str, Any]) -> None:
        if not self._closed:
            self._sender.summary.update(storable_items(changes, self._warn_value))

    def _stop_asked(self) -> None:
        self._warn_once("stop", f"run {self.name} is being stopped: the server asked for it")
        self._interrupter.stop()

    def _warn_value(self, name: str, reason: str) -> None:
        self._warn_once(f"value {name}", f"'{name}' {reason}: it is left out")

    def _warn_once(self, key: str, message: str) -> None:
        _console.warn_once(f"{self.path} {key}", message)

    def _say_end(self, ending: Ending, *, complete: bool) -> None:
        lost = self._sender.lost + self._sender.queue.dropped
        if lost:
            _console.warn(f"{lost:,} rows of run {self.name} did not reach the server")
        elif not complete:
            _console.warn(f"the end of run {self.name} did not reach the server")
        else:
            _console.say(f"run {self.name} {ending.word}: {self.url}")


def run_path(data: Mapping[str, Any]) -> str:
    """Return the path of a run in the API."""
    return f"/runs{path(data['entity'], data['project'], data['run_id'])}"


def begin_run(
    client: Client,
    body: Mapping[str, Any],
    *,
    interrupter: Interrupter,
    agent_path: str = "",
    seconds: float | None = BEGIN_SECONDS,
) -> Run:
    """Start a run on the server, trying for `seconds` (None: without end), and return it.

    `body` is what `POST /runs` takes, the run's id included so that it can be sent again; host and program are added.
    """
    where = {"host": host_name(), "program": program_name()}
    data = client.call("POST", "/runs", {**where, **body}, seconds=seconds)
    return Run(client, data, interrupter=interrupter, agent_path=agent_path)


def _step_number(step: Any) -> int:
    try:
        number = int(step) if isinstance(step, float) and step.is_integer() else operator.index(step)
    except TypeError:
        raise UsageError(f"step is a whole number, not {step!r}") from None
    if number > _MAX_STEP:
        raise UsageError(f"step {number} is beyond the range of 64-bit integers")
    return number


def _told(ending: Ending) -> dict[str, Any]:
    """Return what `POST /finish` takes."""
    return {name: value for name, value in ending._asdict().items() if value not in (None, "")}
