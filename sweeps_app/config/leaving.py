"""The moment when a process is told to end, whichever server runs in it."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def when_told_to_end(act: Callable[[], None]) -> None:
    """Call `act` when this process is told to end, before the server obeys; a server waits for requests under way.

    To be called once the server has set its handlers, in the main thread: in another one there are no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in _SIGNALS:
        obeys = signal.getsignal(number)
        if callable(obeys):
            signal.signal(number, _both(act, obeys))


def _both(
    act: Callable[[], None], obeys: Callable[[int, FrameType | None], object]
) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        act()
        obeys(number, frame)

    return handle
