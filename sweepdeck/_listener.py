"""Hears at once that a run is to stop: one request at a time waits at the server until there is something to tell."""

import threading
import time
from collections.abc import Callable

from sweepdeck._api import LONGEST_PAUSE, STALE_ATTEMPT, Client, is_temporary, retry_after
from sweepdeck._backoff import Backoff
from sweepdeck._errors import ApiError, CommError

# How long the server may hold an answer back; each question is a sign of life, too.
WAIT_SECONDS = 25.0
# A server, or a proxy before it, that does not hold answers back is asked this often.
PAUSE_SECONDS = 5.0
_AT_ONCE = 1.0


class Listener:
    """Asks for one run, in a thread of its own, until it is closed or the server refuses for good.

    `stop_asked` is called, in that thread, with every answer that asks the run to stop, `refused` with each
    refusal: any but that somebody else has the run ends the listening.
    """

    def __init__(
        self, client: Client, run_path: str, stop_asked: Callable[[], None], refused: Callable[[CommError], None]
    ) -> None:
        self._client, self._path = client, f"{run_path}/heartbeat"
        self._stop_asked, self._refused = stop_asked, refused
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sweepdeck-listener", daemon=True)
        self._thread.start()

    @property
    def is_listening(self) -> bool:
        """Tell whether the server is being asked."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Ask no more; a question that waits at the server is left to itself."""
        self._closed.set()

    def _work(self) -> None:
        backoff = Backoff(LONGEST_PAUSE)
        while not self._closed.is_set():
            asked_at = time.monotonic()
            try:
                answer = self._client.send("POST", self._path, {"wait": WAIT_SECONDS})
            except CommError as error:
                if self._closed.is_set():
                    return
                if not is_temporary(error):
                    self._refused(error)
                    if not (isinstance(error, ApiError) and error.has_code(STALE_ATTEMPT)):
                        return
                    # The code may not have begun yet, or hold out: it is told again.
                    self._closed.wait(PAUSE_SECONDS)
                    continue
                self._closed.wait(backoff.next_delay(retry_after(error)))
                continue
            backoff.reset()
            if answer.get("stop") and not self._closed.is_set():
                self._stop_asked()
            if answer.get("stop") or time.monotonic() - asked_at < _AT_ONCE:
                self._closed.wait(PAUSE_SECONDS)
