"""The background thread of a run: sends rows, config, summary, heartbeats and the end."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from sweepdeck import _console
from sweepdeck._api import LONGEST_PAUSE, SILENT_ATTEMPTS, Client, is_temporary, retry_after
from sweepdeck._backoff import Backoff
from sweepdeck._errors import ApiError, CommError
from sweepdeck._pending import Pending
from sweepdeck._queue import Batch, RowQueue
from sweepdeck._refusal import refused_row

SEND_SECONDS = 0.5
BATCH_BYTES = 4 * 2**20
# The end of a run says what it waits for after this long, and goes on this long after an interrupt.
QUIET_SECONDS, INTERRUPTED_SECONDS = 2.0, 2.0
# A stop from the page reaches a young run within a second; later a heartbeat every 5 s is enough.
YOUNG_SECONDS, YOUNG_HEARTBEAT, HEARTBEAT = 60.0, 1.0, 5.0
AGENT_HEARTBEAT = 30.0


class Sender:
    """Sends what a run has to say, in order, each thing until the server has it.

    `stop_asked` is called, in the sender's thread, with every answer that asks the run to stop. What the server refuses
    is dropped and said, and the rest goes on; only a run that the server no longer knows is given up.
    """

    def __init__(
        self,
        client: Client,
        run_path: str,
        *,
        offset: int,
        stop_asked: Callable[[], None],
        agent_path: str = "",
    ) -> None:
        self.wake = threading.Event()
        self.queue = RowQueue(self.wake)
        self.done = threading.Event()
        self.details, self.config, self.summary = Pending(), Pending(), Pending()
        self.lost = 0
        self._client, self._path, self._agent_path = client, run_path, agent_path
        self._offset = offset
        self._stop_asked = stop_asked
        self._finish: dict[str, Any] | None = None
        self._given_up = threading.Event()
        self._hurry = threading.Event()
        self._batch_bytes = BATCH_BYTES
        self._backoff = Backoff(LONGEST_PAUSE)
        self._started = self._contact = self._agent_contact = time.monotonic()
        self._thread = threading.Thread(target=self._work, name="sweepdeck-sender", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def finish(self, ending: dict[str, Any], seconds: float) -> bool:
        """Send what is left, then `ending`; tell whether the server had all of it within `seconds`."""
        self._finish = ending
        self.wake.set()
        self._hurry.set()
        try:
            if not self.done.wait(min(QUIET_SECONDS, seconds)):
                _console.say(f"waiting up to {seconds:.0f} s for {len(self.queue):,} rows to reach the server")
                self.done.wait(max(0.0, seconds - QUIET_SECONDS))
        except BaseException:
            self.done.wait(min(INTERRUPTED_SECONDS, seconds))
            raise
        finally:
            complete = self.done.is_set() and not self._given_up.is_set()
            self._abandon()
        return complete

    def _abandon(self) -> None:
        """Stop sending; what waits is lost."""
        self._given_up.set()
        self.lost += self.queue.close()
        self.wake.set()
        self._hurry.set()

    def _work(self) -> None:
        try:
            while not self._given_up.is_set() and not self._round():
                self.wake.wait(0 if self._is_urgent() else SEND_SECONDS)
                self.wake.clear()
        except Exception as error:
            # Nothing here may end silently: the script believes that its rows are on their way.
            self._give_up(f"sending has failed ({type(error).__name__}: {error})")
        finally:
            self.done.set()

    def _is_urgent(self) -> bool:
        return self._finish is not None or len(self.queue) >= 1_000

    def _round(self) -> bool:
        """Send whatever is due; return True after the end was sent."""
        ending = self._finish
        try:
            self._beat_for_agent()
            self._send_changes()
            if len(self.queue) or (self.summary and ending is None):
                self._send_rows()
            elif ending is not None:
                return self._send_end(ending)
            else:
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
        self.queue.is_blocked = False

    def _handle(self, error: CommError) -> None:
        if isinstance(error, ApiError) and error.has_code("offset_gap"):
            self._resync(error)
        elif is_temporary(error):
            self._pause(error)
        else:
            self._give_up(f"the server no longer takes data of this run: {error}")

    def _pause(self, error: CommError) -> None:
        if self._backoff.attempts == SILENT_ATTEMPTS - 1:
            self.queue.is_blocked = True
            _console.warn(f"{error}. Trying again; the run goes on.")
        asked = retry_after(error)
        delay = self._backoff.next_delay(asked)
        # The end of the run cuts a pause of our own short, but not one that the server asked for.
        if (self._hurry if asked is None else self._given_up).wait(delay) and not self._given_up.is_set():
            self._hurry.clear()

    def _give_up(self, reason: str) -> None:
        left = self.queue.close()
        self.lost += left
        _console.warn(f"{reason}. {left:,} rows are lost; no more are sent.")
        self._given_up.set()

    def _resync(self, error: ApiError) -> None:
        expected = error.body.get("expected")
        if not isinstance(expected, int) or expected == self._offset:
            self._give_up(f"the server contradicts itself about what it has of this run: {error}")
            return
        gone = self._offset - expected
        self.lost += max(0, gone)
        _console.warn(f"the server has lost {gone:,} rows of this run; going on after row {expected:,}")
        self._offset = expected

    def _send_changes(self) -> None:
        details, config = self.details.copy(), self.config.copy()
        if not details and not config:
            return
        try:
            self._client.send("PATCH", self._path, details | ({"config": config} if config else {}))
        except ApiError as error:
            if not error.is_refusal:
                raise
            _console.warn(f"the server refused changes of {', '.join([*details, *config])}: {error}")
        self.details.forget(details)
        self.config.forget(config)

    def _send_rows(self) -> None:
        batch, summary = self.queue.head(self._batch_bytes), self.summary.copy()
        try:
            answer = self._client.send("POST", f"{self._path}/history", self._body(batch, summary))
        except ApiError as error:
            if not error.is_refusal:
                raise
            self._drop_refused(batch, summary, error)
            return
        self._offset += len(batch.rows)
        self.queue.drop_head(batch)
        self.summary.forget(summary)
        self._heard(answer)
        self._check_alone(answer)

    def _body(self, batch: Batch, summary: dict[str, Any]) -> bytes:
        extra = f',"summary":{json.dumps(summary)}' if summary else ""
        return f'{{"offset":{self._offset},"rows":[{",".join(batch.rows)}]{extra}}}'.encode()

    def _drop_refused(self, batch: Batch, summary: dict[str, Any], error: ApiError) -> None:
        """Drop what the server named as wrong, or all that was sent where it named nothing smaller."""
        if error.status == 413 and len(batch.rows) > 1:
            self._batch_bytes = max(1, batch.size // 2)
            return
        place = refused_row(error)
        if place is not None and place < len(batch.rows):
            self.queue.drop(place)
            self._say_lost(1, error)
        elif summary:
            self.summary.forget(summary)
            _console.warn(f"the server refused summary values: {error}")
        else:
            self.queue.drop_head(batch)
            self._say_lost(len(batch.rows), error)

    def _say_lost(self, rows: int, error: ApiError) -> None:
        self.lost += rows
        _console.warn_once(f"{self._path} refused", f"the server refused {rows:,} rows, which are lost: {error}")

    def _check_alone(self, answer: dict[str, Any]) -> None:
        total = answer.get("rows")
        if isinstance(total, int) and total > self._offset:
            _console.warn_once(f"{self._path} shared", "another process logs to this run too: rows of both are lost")
            self._offset = total

    def _send_end(self, ending: dict[str, Any]) -> bool:
        summary = self.summary.copy()
        try:
            self._client.send("POST", f"{self._path}/finish", ending | ({"summary": summary} if summary else {}))
        except ApiError as error:
            if not error.is_refusal or not summary:
                raise
            self.summary.forget(summary)
            _console.warn(f"the server refused summary values: {error}")
            return False
        return True

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._contact >= (YOUNG_HEARTBEAT if now - self._started < YOUNG_SECONDS else HEARTBEAT):
            self._heard(self._client.send("POST", f"{self._path}/heartbeat", {}))

    def _beat_for_agent(self) -> None:
        now = time.monotonic()
        if self._agent_path and now - self._agent_contact >= AGENT_HEARTBEAT:
            self._agent_contact = now
            try:
                self._client.send("POST", f"{self._agent_path}/heartbeat", {})
            except ApiError as error:
                # The agent itself hears of it when it asks for its next run.
                _console.warn_once(f"{self._agent_path} heartbeat", f"the agent's heartbeat was refused: {error}")

    def _heard(self, answer: dict[str, Any]) -> None:
        self._contact = time.monotonic()
        if answer.get("stop"):
            self._stop_asked()
