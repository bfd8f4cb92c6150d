"""The output of one run on its way into the spool."""

import json.encoder
import threading
import time
from collections import deque
from collections.abc import Callable

from sweepdeck._output.limit import Limit
from sweepdeck._output.lines import Lines
from sweepdeck._output.mask import Mask
from sweepdeck._spool.stream import Stream

STREAMS = ("stdout", "stderr")
_MANY_PIECES = 1_000
_quoted = json.encoder.encode_basestring_ascii


class RunOutput:
    """Takes what is written while the run is open, from any thread, and appends whole lines to a stream at once.

    What a signal handler writes while its thread is in here waits for the line at hand.
    """

    def __init__(self, stream: Stream, max_bytes: int) -> None:
        self._stream = stream
        self._limit = Limit(self._put, max_bytes)
        self._mask = Mask.of_process()
        self._lines = {name: Lines() for name in STREAMS}
        self._written: deque[tuple[str, str]] = deque()
        self._lock = threading.RLock()
        self._is_busy = self._is_closed = False

    def take(self, stream: str, text: str) -> None:
        """Take in what was written to "stdout" or "stderr"."""
        self._written.append((stream, text))
        # print() writes piece by piece: what completes no line can wait for what does.
        if "\n" in text or "\r" in text or len(self._written) > _MANY_PIECES:
            with self._lock:
                self._work()

    def tick(self) -> None:
        """Tell of bars that stand still, and of lines that found no room before; to be called now and then.

        Nothing is done while another thread prints: the caller sends what others wait for.
        """
        if self._lock.acquire(blocking=False):
            try:
                self._work(self._tell_due)
            finally:
                self._lock.release()

    def close(self) -> None:
        """Take nothing more; an unfinished line counts as a line."""
        with self._lock:
            self._work(self._tell_rest)
            self._is_closed = True

    def _work(self, afterwards: Callable[[], object] | None = None) -> None:
        if self._is_busy or self._is_closed:
            return
        try:
            self._is_busy = True
            now = time.time()
            while self._written:
                stream, text = self._written.popleft()
                while self._written and self._written[0][0] == stream:
                    text += self._written.popleft()[1]
                if told := self._lines[stream].feed(text, now):
                    self._tell(stream, told, now)
            if afterwards is not None:
                afterwards()
        finally:
            self._is_busy = False

    def _tell_due(self) -> None:
        now = time.time()
        for stream, lines in self._lines.items():
            self._tell(stream, lines.due(now), now)
        self._limit.tick(now)

    def _tell_rest(self) -> None:
        for stream, lines in self._lines.items():
            self._tell(stream, lines.rest(), time.time())
        self._limit.flush()

    def _tell(self, stream: str, lines: list[str], now: float) -> None:
        for line in lines:
            self._limit.take((now, stream, self._mask(line)))

    def _put(self, at: float, stream: str, line: str) -> None:
        # The server keeps microseconds: by them `sweepdeck sync` recognises what it has.
        self._stream.put_text(f'[{at:.6f},"{stream}",{_quoted(line)}]')
