"""Hear what is written to `sys.stdout` and `sys.stderr`, and leave them what they are.

Only `write` of the two objects is replaced: a terminal stays one for the program, with its colours, its encoding, its
descriptor; `input()`, pdb and handlers of logging that were made before go on with the same objects.
"""

import os
import sys
import threading
from typing import Any

from sweepdeck import _console
from sweepdeck._context import here, process
from sweepdeck._output.run_output import STREAMS


class _Tap:
    """Hears one object; raises `AttributeError` or `TypeError` where it cannot be done."""

    def __init__(self, stream: Any, name: str) -> None:
        original = stream.write

        def write(text: str, /) -> Any:
            written = original(text)
            try:
                _hear(name, text)
            except Exception as error:
                _console.warn_once("output", f"what is printed cannot be recorded ({type(error).__name__}: {error})")
            return written

        write.unrecorded = original  # type: ignore[attr-defined]
        self._stream, self._write = stream, write
        self._before = vars(stream).get("write")
        stream.write = write

    def hears(self, stream: Any) -> bool:
        """Tell whether it is this object that is heard."""
        return stream is self._stream

    def remove(self) -> bool:
        """Take the replacement back, unless something else was put on top of it; tell whether it is gone."""
        if vars(self._stream).get("write") is not self._write:
            return False
        if self._before is None:
            del self._stream.write
        else:
            self._stream.write = self._before
        return True


class _Taps:
    """The objects that are heard while at least one run wants it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taps: list[_Tap] = []
        self._users = 0

    def open(self) -> None:
        """Hear what `sys.stdout` and `sys.stderr` are now."""
        with self._lock:
            self._users += 1
            for name in STREAMS:
                stream = getattr(sys, name)
                if stream is not None and not any(tap.hears(stream) for tap in self._taps):
                    self._tap(stream, name)

    def close(self) -> None:
        """Let go of them after the last run."""
        with self._lock:
            self._users -= 1
            if not self._users:
                # What others have wrapped meanwhile stays: without a run it only passes on.
                self._taps = [tap for tap in self._taps if not tap.remove()]

    def forget_in_child(self) -> None:
        """Let go of them in a forked child, where the lock may be held by a thread that is no more."""
        self._lock, self._users = threading.Lock(), 0
        self._taps = [tap for tap in self._taps if not tap.remove()]

    def _tap(self, stream: Any, name: str) -> None:
        try:
            self._taps.append(_Tap(stream, name))
        except (AttributeError, TypeError):
            return  # an object whose attributes are fixed goes unheard


def _hear(name: str, text: str) -> None:
    """Give what was written to the run of this thread."""
    run = here.run
    if run is None:
        run = process.run if here.lease is None else here.lease.run
    if run is not None and run.output is not None:
        run.output.take(name, text)


taps = _Taps()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=taps.forget_in_child)
