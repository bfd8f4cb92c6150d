"""The background thread of a run: sends rows, config, summary, heartbeats and the end."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from sweepdeck import _console
from sweepdeck._api import Client, is_temporary, retry_after
from sweepdeck._backoff import Backoff
from sweepdeck._errors import ApiError, CommError
from sweepdeck._queue import Batch, RowQueue

SEND_SECONDS = 0.5
BATCH_BYTES = 4 * 2**20
# A stop from the page reaches a young run within a second; later a heartbeat every 5 s is enough.
YOUNG_SECONDS, YOUNG_HEARTBEAT, HEARTBEAT = 60.0, 1.0, 5.0
AGENT_HEARTBEAT = 30.0


class Sender:
    """Sends what a run has to say, in order, each thing until the server has it.

    `stop_asked` is called, in the sender's thread, with every answer that asks the run to stop.
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
        self._client, self._path, self._agent_path = client, run_path, agent_path
        self._offset = offset
        self._stop_asked = stop_asked
        self._lock = threading.Lock()
        self._config: dict[str, Any] = {}
        self._summary: dict[str, Any] = {}
        self._finish: dict[str, Any] | None = None
        self._given_up = threading.Event()
        self._batch_bytes = BATCH_BYTES
        self._backoff = Backoff()
        self._started = self._contact = self._agent_contact = time.monotonic()
        self._thread = threading.Thread(target=self._work, name="sweepdeck-sender", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def change_config(self, values: dict[str, Any]) -> None:
        """Send changed configuration values with the next round."""
        with self._lock:
            self._config.update(values)

    def change_summary(self, values: dict[str, Any]) -> None:
        """Send summary values with the next round."""
        with self._lock:
            self._summary.update(values)

    def finish(self, ending: dict[str, Any], seconds: float) -> bool:
        """Send what is left, then `ending`; tell whether the server had all of it within `seconds`."""
        self._finish = ending
        self.wake.set()
        if not self.done.wait(min(2.0, seconds)):
            _console.say(f"waiting up to {seconds:.0f} s for {len(self.queue):,} rows to reach the server")
            self.done.wait(max(0.0, seconds - 2.0))
        complete = self.done.is_set() and not self._given_up.is_set()
        self.abandon()
        return complete

    def abandon(self) -> None:
        """Stop sending; what waits is lost."""
        self._given_up.set()
        self.queue.close()
        self.wake.set()

    def _work(self) -> None:
        try:
            while not self._given_up.is_set() and not self._round():
                self.wake.wait(0 if self._is_urgent() else SEND_SECONDS)
                self.wake.clear()
        finally:
            self.done.set()

    def _is_urgent(self) -> bool:
        return self._finish is not None or len(self.queue) >= 1_000

    def _round(self) -> bool:
        """Send whatever is due; return True after the end was sent."""
        ending = self._finish
        try:
            self._send_config()
            if len(self.queue) or (self._summary and ending is None):
                self._send_rows()
            elif ending is not None:
                self._client.send("POST", f"{self._path}/finish", self._with_summary(ending))
                return True
            else:
                self._send_heartbeats()
        except CommError as error:
            self._handle(error)
        else:
            self._succeeded()
        return False

    def _succeeded(self) -> None:
        if self._backoff.attempts >= 3:
            _console.say("the server answers again")
        self._backoff.reset()
        self.queue.is_blocked = False

    def _handle(self, error: CommError) -> None:
        if isinstance(error, ApiError) and error.has_code("offset_gap"):
            self._resync(error)
        elif isinstance(error, ApiError) and error.status == 413 and self._batch_bytes > 1024:
            self._batch_bytes //= 2
        elif is_temporary(error):
            self._pause(error)
        else:
            self._give_up(error)

    def _pause(self, error: CommError) -> None:
        if self._backoff.attempts == 2:
            self.queue.is_blocked = True
            _console.warn(f"{error}. Trying again; the run goes on.")
        self._given_up.wait(self._backoff.next_delay(retry_after(error)))

    def _give_up(self, error: CommError) -> None:
        left = self.queue.close()
        _console.warn(f"the server refused this run's data: {error}. {left:,} rows are lost; no more are sent.")
        if self._finish is not None or _run_is_over(error):
            self._given_up.set()
            return
        with self._lock:
            self._config.clear()
            self._summary.clear()

    def _resync(self, error: ApiError) -> None:
        expected = error.body.get("expected")
        if not isinstance(expected, int) or expected == self._offset:
            self._give_up(error)
            return
        lost = self._offset - expected
        _console.warn(f"the server has lost {lost:,} rows of this run; going on after row {expected:,}")
        self._offset = expected

    def _send_config(self) -> None:
        with self._lock:
            changes = dict(self._config)
        if changes:
            self._client.send("PATCH", self._path, {"config": changes})
            self._forget(self._config, changes)

    def _send_rows(self) -> None:
        batch = self.queue.head(self._batch_bytes)
        with self._lock:
            summary = dict(self._summary)
        answer = self._client.send("POST", f"{self._path}/history", self._body(batch, summary))
        self._offset += len(batch.rows)
        self.queue.drop_head(batch)
        self._forget(self._summary, summary)
        self._heard(answer)

    def _body(self, batch: Batch, summary: dict[str, Any]) -> bytes:
        extra = f',"summary":{json.dumps(summary)}' if summary else ""
        return f'{{"offset":{self._offset},"rows":[{",".join(batch.rows)}]{extra}}}'.encode()

    def _with_summary(self, ending: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            return ending | {"summary": dict(self._summary)} if self._summary else ending

    def _forget(self, pending: dict[str, Any], sent: dict[str, Any]) -> None:
        with self._lock:
            for key, value in sent.items():
                if key in pending and pending[key] is value:
                    del pending[key]

    def _send_heartbeats(self) -> None:
        now = time.monotonic()
        if now - self._contact >= (YOUNG_HEARTBEAT if now - self._started < YOUNG_SECONDS else HEARTBEAT):
            self._heard(self._client.send("POST", f"{self._path}/heartbeat", {}))
        if self._agent_path and now - self._agent_contact >= AGENT_HEARTBEAT:
            self._agent_contact = now
            self._client.send("POST", f"{self._agent_path}/heartbeat", {})

    def _heard(self, answer: dict[str, Any]) -> None:
        self._contact = time.monotonic()
        if answer.get("stop"):
            self._stop_asked()


def _run_is_over(error: CommError) -> bool:
    return isinstance(error, ApiError) and error.status in (401, 403, 404)
