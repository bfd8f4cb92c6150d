"""Samples the machine for all runs of the process, in a thread of its own."""

import os
import threading
import time
from collections.abc import Callable, Mapping

from sweepdeck._spool.stream import Stream
from sweepdeck._system.machine import GROWING, Values, readers

# A percentage of processors needs two readings.
FIRST_SECONDS = 0.2
# A young run is sampled every second, an older one after a quarter of its age, so that short runs have a curve, too.
YOUNG_SECONDS, _SHARE = 1.0, 4


class Watch:
    """A run that wants samples: its stream, how many it has, and what had grown when it began."""

    def __init__(self, stream: Stream, step: int, seconds: float) -> None:
        self._stream, self._step, self._seconds = stream, step, seconds
        self._began = time.monotonic()
        self._before: Mapping[str, float] | None = None
        self.due = self._began + FIRST_SECONDS

    def take(self, values: Values) -> None:
        """Append a sample."""
        if self._before is None:
            self._before = {name: values[name] for name in GROWING if name in values}
        grown = {name: values[name] - before for name, before in self._before.items() if name in values}
        self._stream.put_numbers(values | grown, self._step, time.time())
        self._step += 1
        now = time.monotonic()
        self.due = now + min(self._seconds, max(YOUNG_SECONDS, (now - self._began) / _SHARE))


class Sampler:
    """Gives each watch its samples. Where nothing can be read there are none, and nothing is said."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: a forked child has neither the thread nor the runs."""
        self._changed = threading.Condition()
        self._watches: list[Watch] = []
        self._thread: threading.Thread | None = None

    def watch(self, stream: Stream, step: int, seconds: float) -> Watch:
        """Sample for a stream that has `step` samples, at the most every `seconds`."""
        watch = Watch(stream, step, seconds)
        with self._changed:
            self._watches.append(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sweepdeck-system", daemon=True)
                self._thread.start()
            self._changed.notify()
        return watch

    def unwatch(self, watch: Watch) -> None:
        """Sample no more for this one; afterwards its stream gets nothing."""
        with self._changed:
            if watch in self._watches:
                self._watches.remove(watch)

    def _work(self) -> None:
        reading = readers()
        _all(reading)
        while reading:
            with self._changed:
                wait = min((watch.due for watch in self._watches), default=None)
                if wait is None or (wait := wait - time.monotonic()) > 0:
                    self._changed.wait(wait)
                    continue
            values = _all(reading)
            with self._changed:
                for watch in self._watches:
                    if watch.due <= time.monotonic():
                        watch.take(values)


def _all(reading: list[Callable[[], Values]]) -> Values:
    values: Values = {}
    for read in reading:
        values |= read()
    return values


sampler = Sampler()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=sampler.forget)
