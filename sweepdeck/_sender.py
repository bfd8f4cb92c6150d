"""The background thread of a run: sends rows, changes, heartbeats and the end."""

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sweepdeck import _console
from sweepdeck._amount import Amount
from sweepdeck._api import LONGEST_PAUSE, SILENT_ATTEMPTS, STALE_ATTEMPT, Client, is_temporary, path, retry_after
from sweepdeck._backoff import Backoff
from sweepdeck._errors import ApiError, CommError, unended
from sweepdeck._listener import Listener
from sweepdeck._progress import wait_and_show
from sweepdeck._refusal import refused_row
from sweepdeck._spool.channel import Batch, Channel
from sweepdeck._spool.columns import Unfit
from sweepdeck._spool.reader import Window
from sweepdeck._spool.spool import Spool
from sweepdeck._spool.stream import CONSOLE, HISTORY, Kind

SEND_SECONDS = 0.5
# With so much waiting the next batch is sent at once.
URGENT_ROWS = 20_000
# The end of a run goes on this long after an interrupt.
INTERRUPTED_SECONDS = 2.0
# A young run asks every second whether it is to stop; most end before it is worth a thread that listens.
YOUNG_SECONDS, YOUNG_HEARTBEAT = 3.0, 1.0
# Where nothing listens: another process hears of a stop, or the server has refused.
HEARTBEAT = 15.0
# A run whose process has ended can wait for another day: its sending ends after so many failures.
LATE_ATTEMPTS = 8


class Sender:
    """Sends what the spool of a run holds, in order, each thing until the server has it.

    `stop_asked` is called, in a thread of the sender, with every answer that asks the run to stop. What the server
    refuses is dropped and said, and the rest goes on; only a run that the server no longer knows, or has given to
    somebody else, is given up. Without `is_alive` the run's process has ended: there are no heartbeats. Without
    `listens` somebody else hears of a stop.
    """

    def __init__(
        self,
        client: Client,
        run_path: str,
        spool: Spool,
        *,
        stop_asked: Callable[[], None],
        is_alive: bool = True,
        listens: bool = True,
        channels: Sequence[Channel] = (),
    ) -> None:
        self.wake = threading.Event()
        self.done = threading.Event()
        self.lost = 0
        self._client, self._path = client, run_path
        self._spool, self._is_alive, self._listens = spool, is_alive, listens
        self._listener: Listener | None = None
        self._channels = list(channels) or spool.channels()
        self._stop_asked = stop_asked
        self._is_draining = self._ends_apart = False
        self._given_up = threading.Event()
        self._hurry = threading.Event()
        self._backoff = Backoff(LONGEST_PAUSE)
        self._next_at: dict[Kind, float] = {}
        # The number after the last row that was sent, whether or not it arrived.
        self._tried: dict[Kind, int] = {}
        self._started = self._contact = time.monotonic()
        self._thread = threading.Thread(target=self._work, name="sweepdeck-sender", daemon=True)
        spool.wake = self.wake.set

    @property
    def left(self) -> Amount:
        """How much waits to be sent."""
        return Amount(self._count_left(HISTORY), self._count_left(CONSOLE))

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def drain(self, seconds: float = math.inf) -> bool:
        """Send what is left, the end included where the spool has one; tell whether all was sent within `seconds`."""
        self._is_draining = True
        self.wake.set()
        self._hurry.set()
        try:
            wait_and_show(self.done.wait, lambda: self.left, seconds)
        except BaseException:
            self.done.wait(min(INTERRUPTED_SECONDS, seconds))
            raise
        finally:
            complete = self.done.is_set() and not self._given_up.is_set()
            self._abandon()
        return complete

    def _abandon(self) -> None:
        """Send no more; what waits is left in the spool."""
        self._given_up.set()
        self.wake.set()
        self._hurry.set()

    def _work(self) -> None:
        try:
            while not self._given_up.is_set() and not self._round():
                self.wake.wait(0 if self._is_draining or self._count_left(HISTORY) >= URGENT_ROWS else SEND_SECONDS)
                self.wake.clear()
        except Exception as error:
            # Nothing here may end silently: the script believes that its rows are on their way.
            self._give_up(f"sending has failed ({type(error).__name__}: {error})")
        finally:
            if self._listener is not None:
                self._listener.close()
            self.done.set()

    def _round(self) -> bool:
        """Send whatever is due; return True after the end was sent."""
        is_draining = self._is_draining
        try:
            self._spool.before_sending()
            # The end goes with the last rows of the history, once nothing else is left.
            channels = self._channels[::-1] if is_draining else filter(self._is_due, self._channels)
            sent = [self._send_next(channel) for channel in channels]
            if not any(sent):
                if is_draining:
                    return True
                if self._is_alive:
                    self._beat()
        except CommError as error:
            self._handle(error)
        else:
            self._succeeded()
        return False

    def _succeeded(self) -> None:
        if self._backoff.attempts >= SILENT_ATTEMPTS:
            _console.say("the server answers again")
        self._backoff.reset()
        self._spool.block(False)

    def _handle(self, error: CommError) -> None:
        if is_temporary(error):
            self._pause(error)
        else:
            self._give_up(f"the server no longer takes data of this run: {error}")
            self._stop_if_stale(error)

    def _pause(self, error: CommError) -> None:
        if self._backoff.attempts == SILENT_ATTEMPTS - 1:
            self._spool.block()
            _console.warn(f"{unended(error)}. Trying again{'; the run goes on' if self._is_alive else ''}.")
        if not self._is_alive and self._backoff.attempts >= LATE_ATTEMPTS:
            self._give_up(str(error))
            return
        asked = retry_after(error)
        delay = self._backoff.next_delay(asked)
        # The end of the run cuts a pause of our own short, but not one that the server asked for.
        if (self._hurry if asked is None else self._given_up).wait(delay) and not self._given_up.is_set():
            self._hurry.clear()

    def _give_up(self, reason: str) -> None:
        self._spool.block()
        _console.warn(f"{unended(reason)}. {self.left} are not sent.")
        self._given_up.set()

    def _count_left(self, kind: Kind) -> int:
        return max(0, self._spool.stream(kind).rows - self._channel(kind).row)

    def _channel(self, kind: Kind) -> Channel:
        return next(channel for channel in self._channels if channel.kind is kind)

    def _is_due(self, channel: Channel) -> bool:
        now = time.monotonic()
        if now < self._next_at.get(channel.kind, 0.0):
            return False
        self._next_at[channel.kind] = now + channel.kind.seconds
        return True

    def _send_next(self, channel: Channel) -> bool:
        """Send the next batch of a stream, with the changes that were made meanwhile; return False for nothing."""
        window = channel.window()
        if window is None:
            return False
        self._send_changes(window)
        batch = channel.batch()
        if batch.pieces or window.changes["summary"]:
            self._send_rows(channel, window, batch)
        if channel.is_sent(window) and not self._given_up.is_set():
            if window.ending is not None:
                if not self._is_rest(channel):
                    return True
                self._send_end(self._told(window.ending))
            channel.done()
        return True

    def _is_rest(self, channel: Channel) -> bool:
        """Tell whether no other stream has anything left."""
        return all(other.window() is None for other in self._channels if other is not channel)

    def _told(self, ending: dict[str, Any]) -> dict[str, Any]:
        """Return what the server is told of the end; it knows by itself when that is, unless it comes late."""
        return {name: value for name, value in ending.items() if not (self._is_alive and name == "finished_at")}

    def _send_changes(self, window: Window) -> None:
        details, config = window.changes["details"], window.changes["config"]
        if not details and not config:
            return
        try:
            self._client.send("PATCH", self._path, details | ({"config": config} if config else {}))
        except ApiError as error:
            if not error.is_refusal:
                raise
            _console.warn(f"the server refused changes of {', '.join([*details, *config])}: {error}")
        details.clear()
        config.clear()

    def _send_rows(self, channel: Channel, window: Window, batch: Batch) -> None:
        told: dict[str, Any] = {"summary": window.changes["summary"]} if window.changes["summary"] else {}
        if self._may_end(channel, window, batch):
            told["finish"] = self._told(window.ending or {})
        tried = self._tried.get(channel.kind, 0)
        try:
            body, media_type = channel.body(batch, told)
        except Unfit:
            channel.send_as_json(batch, always=False)
            return
        self._tried[channel.kind] = max(tried, batch.offset + batch.rows)
        try:
            answer = self._client.send("POST", f"{self._path}{channel.kind.endpoint}", body, media_type=media_type)
        except ApiError as error:
            if error.has_code("offset_gap"):
                self._resync(channel, batch, error)
            elif "finish" in told and any(problem[0].split(".")[0] == "finish" for problem in error.problems):
                self._ends_apart = True
            elif error.is_refusal:
                self._drop_refused(channel, window, batch, error)
            elif error.status in (404, 405) and channel.kind is not HISTORY:
                # An older server; where the run itself is gone, the next request about that tells.
                channel.drop(batch, None)
                _console.warn_once(f"{self._path} {channel.kind.name}", f"the server takes no {channel.kind.name}")
            else:
                raise
            return
        channel.accepted(batch)
        window.changes["summary"].clear()
        if "finish" in told:
            window.ending = None
        self._heard(answer)
        self._check_alone(channel, batch, answer, tried)

    def _may_end(self, channel: Channel, window: Window, batch: Batch) -> bool:
        """Tell whether a batch can tell of the run's end, which spares a request."""
        is_end = window.ending is not None and bool(batch.pieces) and not self._ends_apart
        return is_end and channel.is_last(batch) and self._is_rest(channel)

    def _resync(self, channel: Channel, batch: Batch, error: ApiError) -> None:
        expected = error.body.get("expected")
        if not isinstance(expected, int) or not 0 <= expected < batch.offset:
            self._give_up(f"the server contradicts itself about what it has of this run: {error}")
            return
        gone = channel.resume_at(expected)
        if gone:
            self.lost += gone if channel.kind is HISTORY else 0
            items = channel.kind.items
            _console.warn(f"the server has lost {gone:,} {items} of this run; going on after number {expected:,}")

    def _drop_refused(self, channel: Channel, window: Window, batch: Batch, error: ApiError) -> None:
        """Drop what the server named as wrong, or all that was sent where it named nothing smaller."""
        if error.status == 413 and channel.send_less(batch):
            return
        if batch.is_columns and batch.pieces and error.status != 413:
            channel.send_as_json(batch, always=error.status == 415)
            return
        place = refused_row(error)
        if place is not None and place < batch.rows:
            self._say_lost(channel, channel.drop(batch, place), error)
        elif window.changes["summary"]:
            window.changes["summary"].clear()
            _console.warn(f"the server refused summary values: {error}")
        else:
            self._say_lost(channel, channel.drop(batch, None), error)

    def _say_lost(self, channel: Channel, rows: int, error: ApiError) -> None:
        items = channel.kind.items
        self.lost += rows if channel.kind is HISTORY else 0
        _console.warn_once(f"{self._path} {items}", f"the server refused {rows:,} {items}, which are lost: {error}")

    def _check_alone(self, channel: Channel, batch: Batch, answer: dict[str, Any], tried: int) -> None:
        """Say so where the server has rows that this process did not send; before, it had sent those up to `tried`."""
        total, ours = answer.get(channel.kind.items), batch.offset + batch.rows
        # What an earlier process had sent of a spool, nobody knows.
        has_others = self._is_alive and answer.get("skipped", 0) > max(0, tried - batch.offset)
        beyond = total - ours if isinstance(total, int) else 0
        if has_others or beyond > 0:
            _console.warn_once(f"{self._path} shared", "another process logs to this run too: rows of both are lost")
        if beyond > 0:
            channel.moved(beyond)

    def _send_end(self, ending: dict[str, Any]) -> None:
        try:
            self._client.send("POST", f"{self._path}/finish", ending)
        except ApiError as error:
            if not error.is_refusal:
                raise
            _console.warn(f"the server refused what was said of the run's end: {error}")
            self._client.send("POST", f"{self._path}/finish", {"exit_code": ending.get("exit_code", 0)})

    def _beat(self) -> None:
        """Say that the run is alive, and hear whether it is to stop."""
        now = time.monotonic()
        is_young = self._listens and now - self._started < YOUNG_SECONDS
        if self._listens and not is_young and self._listener is None:
            self._listener = Listener(self._client, self._path, self._stop_asked, self._stop_if_stale)
        if self._listener is not None and self._listener.is_listening:
            return
        if now - self._contact >= (YOUNG_HEARTBEAT if is_young else HEARTBEAT):
            self._heard(self._client.send("POST", f"{self._path}/heartbeat", {}))

    def _stop_if_stale(self, error: CommError) -> None:
        """Somebody else has the run: what this process still does is for nothing."""
        if isinstance(error, ApiError) and error.has_code(STALE_ATTEMPT):
            self._stop_asked()

    def begin_anew(self, rows: int) -> None:
        """The server has forgotten the `rows` that the history had before; nothing has been logged yet."""
        self._channel(HISTORY).moved(-rows)

    def _heard(self, answer: dict[str, Any]) -> None:
        self._contact = time.monotonic()
        if answer.get("stop"):
            self._stop_asked()


def run_path(data: Mapping[str, Any]) -> str:
    """Return the path of a run in the API."""
    return f"/runs{path(data['entity'], data['project'], data['run_id'])}"
