"""A run: its configuration, what it logs, how it ends."""

import operator
import os
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any

from sweepdeck import _console
from sweepdeck._amount import Amount
from sweepdeck._api import Client
from sweepdeck._config import Config
from sweepdeck._context import clear_run, note_open
from sweepdeck._errors import CommError, UsageError
from sweepdeck._exit import Ending, ending_of
from sweepdeck._facts import RunFacts
from sweepdeck._farewell import say_end
from sweepdeck._files.run_files import NoFiles, RunFiles
from sweepdeck._files.uploader import Uploader
from sweepdeck._held import HeldSummary
from sweepdeck._history import RowBuilder
from sweepdeck._interrupt import Interrupter
from sweepdeck._media.media import may_hold_media, with_plain
from sweepdeck._missing import missing
from sweepdeck._output.run_output import RunOutput
from sweepdeck._output.taps import taps
from sweepdeck._progress import wait_and_show
from sweepdeck._sender import Sender, run_path
from sweepdeck._settings import Settings
from sweepdeck._spool.shapes import STEP, TIMESTAMP, flattened
from sweepdeck._spool.spool import MEGABYTE, NoSpool, Spool
from sweepdeck._summary import Summary
from sweepdeck._system.sampler import sampler
from sweepdeck._values import Unstorable, encode, plain_or_text, storable_items
from sweepdeck._wandb_only import check_wandb_only

MAX_ROW_BYTES = 8 * 2**20
_MAX_STEP = 2**63 - 1
_PREEMPTING_SECONDS = 10.0


class Run(RunFacts):
    """One execution of a training function, from `init()` to `finish()`.

    Without a `client` what is logged stays in the spool. `console` says how its output is recorded, if at all. With
    `is_chosen` the configuration is what a sweep has chosen, with `is_leased` an agent of this process does the run.
    Without `listens` another process hears of it when the run is to stop.

    As a context manager it ends with its block: as failed where an exception leaves the block.
    """

    def __init__(
        self,
        data: Mapping[str, Any],
        spool: Spool,
        *,
        interrupter: Interrupter,
        console: str = "off",
        client: Client | None = None,
        is_leased: bool = False,
        is_chosen: bool = False,
        listens: bool = True,
    ) -> None:
        self.ending: Ending | None = None
        # Whether the server has all of it, the end included.
        self.is_sent = False
        self._closed, self._is_leased = "", is_leased
        client = client if client is None else client.for_attempt(data["attempt"])
        self._client = client
        self._interrupter = interrupter
        self._lock = threading.RLock()
        last_step = data["last_step"]
        self._builder = RowBuilder(0 if last_step is None else last_step + 1)
        self._spool = spool
        super().__init__(dict(data), client.base_url if client is not None else "", self._details_changed)
        chosen = data["config"] if is_chosen else ()
        self.config = Config(data["config"], self._config_changed, chosen)
        self.summary = Summary(self._summary_changed)
        self._held: HeldSummary | None = None
        self._sender: Sender | None = None
        self._files = NoFiles() if isinstance(spool, NoSpool) else RunFiles(spool.files, self._warn_once)
        if client is not None:
            self._files = RunFiles(spool.files, self._warn_once, partial(Uploader, client, run_path(data)))
            self._sender = Sender(client, run_path(data), spool, stop_asked=self._stop_asked, listens=listens)
            self._sender.start()
        self.output: RunOutput | None = None
        if console != "off":
            self._record_output()
        seconds = 0.0 if isinstance(spool, NoSpool) else Settings.from_environment().system_seconds
        self._watch = sampler.watch(spool.system, data.get("system_rows", 0), seconds) if seconds else None
        note_open(self)

    @property
    def mode(self) -> str:
        """What becomes of what is logged: "online", "offline" or "disabled"."""
        if self._sender is not None:
            return "online"
        return "disabled" if isinstance(self._spool, NoSpool) else "offline"

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
        """Add values to the history: numbers, texts, booleans, lists, media, or dicts of these, by name.

        Each call without `step` completes a step; with `commit=False` or a `step`, later calls add to the same step
        until it is completed by `commit=True` or a larger step. Returns at once: a thread sends. Values that cannot be
        stored and steps that lie in the past are left out with a warning. Raises `UsageError` where `data` is no dict.
        """
        del sync  # of older versions of wandb
        if self._closed:
            self._warn_once("closed", f"run {self.name} {self._closed}: what is logged now is lost")
            return
        if step is None and commit is not False and type(data) is dict and self._log_numbers(data):
            return
        if not isinstance(data, Mapping):
            raise UsageError(f"log() takes a dict of names and values, not {type(data).__name__}")
        number = None if step is None else _step_number(step)
        items = data if self._spool.history.is_plain(data) else self._storable(data, number)
        with self._lock:
            try:
                rows = self._builder.add(items, number, commit)
            except ValueError as error:
                self._warn_once("step", f"{error}: such values are left out (steps only grow)")
                return
            self._summarise(items)
            for row in rows:
                self._put(row)

    def mark_preempting(self) -> None:
        """Say that this machine is about to be taken away.

        Unless the run finishes, its sweep gives it to another agent first of all, under the same id and configuration;
        `init()` then goes on with its history. Returns once the server knows, or after 10 seconds with a warning.
        """
        if self._client is None or self._closed:
            return
        try:
            self._client.call("POST", f"{run_path(self._data)}/preempting", {}, seconds=_PREEMPTING_SECONDS)
        except CommError as error:
            self._warn_once("preempting", f"run {self.name} could not be marked as preempting: {error}")

    def _begin_anew(self) -> None:
        """Let the history begin with this attempt, before anything is logged; earlier attempts have left one."""
        if self._client is None or self._sender is None:
            return
        place = {"run_id": self.id, "entity": self.entity, "project": self.project}
        rows = self._data["history_rows"]
        data = self._client.call("POST", "/runs", place | {"resume": False}, seconds=None)
        self._data |= {name: data[name] for name in ("history_rows", "last_step", "summary")}
        self._spool.note({"rows": 0})
        self._sender.begin_anew(rows)
        self._builder = RowBuilder(0)

    def define_metric(
        self,
        name: str,
        step_metric: str | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        goal: str | None = None,
        overwrite: bool | None = None,
    ) -> None:
        """Say what the summary holds of a metric, or of all that a pattern such as "val/*" means.

        `summary` is "min", "max", "mean", "first", "last", "best" (by `goal`, "minimize" or "maximize"), "none", or
        several of these with commas between. It counts what is logged from now on, and of a run that goes on what
        counted before. With `overwrite` it replaces what was defined under this name. The other arguments are wandb's
        and do nothing. Raises `UsageError` for other values.
        """
        given = {"step_metric": step_metric, "step_sync": step_sync, "hidden": hidden}
        check_wandb_only("define_metric", given, {"step_metric": "_step", "step_sync": False, "hidden": False})
        if not isinstance(name, str) or not name:
            raise UsageError(f"define_metric() takes the name of a metric, or a pattern, not {name!r}")
        if summary is None:
            return
        with self._lock:
            if self._held is None:
                self._held = HeldSummary(self.summary, self._data.get("summary", {}), self._count_earlier)
            self._held.definitions.define(name, summary, goal, overwrite=bool(overwrite))

    def save(
        self,
        glob_str: str | os.PathLike[str],
        base_path: str | os.PathLike[str] | None = None,
        policy: str = "live",
    ) -> list[str]:
        """Keep files with the run: a path, a folder, or a pattern such as "plots/*.png"; return their paths in the run.

        They are called in the run as from `base_path`, else as from the working folder, else by their names alone.
        `policy` is "now" (as they are now), "end" (as they are when the run ends), or "live" (now, and again whenever
        they have changed). Returns at once: a thread sends. Raises `UsageError` for what is no path.
        """
        if self._closed:
            self._warn_once("closed save", f"run {self.name} {self._closed}: what is saved now is lost")
            return []
        return self._files.save(glob_str, base_path, policy)

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
            if self._held is not None:
                self._spool.change_summary(self._held.take())
            self.stop_output()
            if self._watch is not None:
                sampler.unwatch(self._watch)
            self._closed, self.ending = "has finished", ending
            self._spool.end(_told(ending))
            self._files.finish()
        complete, lost = False, Amount()
        left = self._spool.amount
        try:
            complete = self.is_sent = self._sender is not None and self._drain(self._sender)
        finally:
            self._files.abandon()
            clear_run(self)
            if self._sender is not None:
                left = self._sender.left
            if complete:
                self._spool.remove()
            else:
                lost = self._spool.leave()
        refused = 0 if self._sender is None else self._sender.lost
        left = left._replace(files=self._files.left)
        say_end(self, self._spool, ending.word, complete=complete, refused=refused, left=left, lost=lost)

    def _drain(self, sender: Sender) -> bool:
        """Wait for rows, then for files; tell whether all were sent in time."""
        seconds = Settings.from_environment().finish_timeout
        deadline = time.monotonic() + seconds
        has_rows = sender.drain(seconds)
        if has_rows:
            rest = max(0.0, deadline - time.monotonic())
            wait_and_show(self._files.wait, lambda: Amount(files=self._files.left), rest)
        return has_rows and not self._files.left

    def stop_output(self) -> None:
        """Record no more of what is printed."""
        output, self.output = self.output, None
        if output is not None:
            output.close()
            taps.close()

    def _record_output(self) -> None:
        self.output = RunOutput(self._spool.console, Settings.from_environment().console_max_mb * MEGABYTE)
        self._spool.before_sending = self.output.tick
        taps.open()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(missing("a run", name, dir(self)))

    def detach(self) -> None:
        """Leave the run to the parent process, in a forked child: threads and locks are unusable here."""
        self._closed = "belongs to the process that began it (call init() in this one)"
        self._lock, self.output = threading.RLock(), None
        self._spool.forget_in_child()

    def __enter__(self) -> "Run":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(ending_of(error))

    def __repr__(self) -> str:
        return f"<sweepdeck.Run {self.path}>"

    def _storable(self, data: Mapping[Any, Any], step: int | None) -> dict[str, Any]:
        """Return what can be stored of logged values; the files of images and tables are kept meanwhile."""
        if not may_hold_media(data.values()):
            return storable_items(data, self._warn_value)
        at = self._builder.step if step is None else step
        kept = {}
        for name, value in data.items():
            try:
                kept[name] = with_plain(value, str(name), at, self._files.write)
            except Unstorable as error:
                self._warn_value(str(name), error.reason)
            except OSError as error:
                self._warn_value(str(name), f"cannot be kept as a file ({error})")
        return storable_items(kept, self._warn_value)

    def _log_numbers(self, data: dict[str, Any]) -> bool:
        """Log a whole step of plain numbers, the usual case, by the shortest way; return False for any other."""
        with self._lock:
            if self._builder.is_open:
                return False
            history, step = self._spool.history, self._builder.step
            noted = history.put_numbers(data, step, time.time())
            if noted is None and dict in map(type, data.values()):
                flat = flattened(data)
                if flat is not None and history.put_numbers(flat, step, time.time()) is not None:
                    noted = storable_items(data, self._warn_value)
            if noted is None:
                return False
            self._builder.step += 1
            self._summarise(noted)
        return True

    def _summarise(self, row: Mapping[str, Any]) -> None:
        self.summary.note_logged(row)
        if self._held is not None and self._held.note(row):
            self._spool.change_summary(self._held.take())

    def _count_earlier(self) -> dict[str, int]:
        """Return how many values of each metric the server has of a run that goes on."""
        if self._client is None or not self.resumed:
            return {}
        answer = self._client.call("GET", f"{run_path(self._data)}/metrics")
        return {metric["name"]: metric["count"] for metric in answer["results"]}

    def _put(self, row: dict[str, Any]) -> None:
        step, timestamp = row.pop(STEP), row.pop(TIMESTAMP)
        if self._spool.history.put_numbers(row, step, timestamp) is not None:
            return
        flat = flattened(row)
        if flat is not None and self._spool.history.put_numbers(flat, step, timestamp) is not None:
            return
        try:
            text = encode(row | {STEP: step, TIMESTAMP: timestamp})
        except ValueError as error:  # an integer of thousands of digits
            self._warn_once("encode", f"a step is left out: {error}")
            return
        if len(text) > MAX_ROW_BYTES:
            self._warn_once("size", f"a step of {len(text):,} bytes is left out: at most {MAX_ROW_BYTES:,} are taken")
            return
        self._spool.history.put_text(text)

    def _details_changed(self, changes: dict[str, Any]) -> None:
        if not self._closed:
            self._spool.change_details(changes)

    def _config_changed(self, changes: dict[str, Any]) -> None:
        if not self._closed:
            self._spool.change_config(storable_items(changes, self._warn_value, plain_or_text))

    def _summary_changed(self, changes: dict[str, Any]) -> None:
        if not self._closed:
            self._spool.change_summary(storable_items(changes, self._warn_value))

    def _stop_asked(self) -> None:
        self._warn_once("stop", f"run {self.name} is being stopped: the server asked for it")
        self._interrupter.stop()

    def _warn_value(self, name: str, reason: str) -> None:
        self._warn_once(f"value {name}", f"'{name}' {reason}: it is left out")

    def _warn_once(self, key: str, message: str) -> None:
        _console.warn_once(f"{self.path} {key}", message)


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
    told = {name: value for name, value in ending._asdict().items() if value not in (None, "")}
    return told | {"finished_at": datetime.now(UTC).isoformat()}
