"""Runs a sweep's program in one or several slots, and obeys the terminal and the scheduler."""

import queue
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

from sweepdeck import _console
from sweepdeck._exit import SIGTERM_EXIT_CODE
from sweepdeck._interrupt import SECOND_CTRL_C_SECONDS
from sweepdeck._launch.plan import Plan
from sweepdeck._launch.slot import Slot

INTERRUPTED_EXIT_CODE = 128 + 2
GAVE_UP_EXIT_CODE = 1
_LOOK_SECONDS = 0.2
# What an agent that ends waits for the server when no run is left.
_PATIENCE_SECONDS = 5.0


class Launcher:
    """The slots of one launch; `run` is called once, in the main thread, whose signals it handles meanwhile.

    A first Ctrl+C stops the runs at hand, and the agents go on; a second one within 10 seconds kills the runs and ends
    the agents, and so does the first where nothing runs. SIGTERM, which a machine sends that is taken away, gives the
    runs back, so that other agents go on with them, and ends the agents.
    """

    def __init__(self, plan: Plan, cards: Sequence[str | None], *, ends_at_ctrl_c: bool = False) -> None:
        self._plan, self._ends_at_ctrl_c = plan, ends_at_ctrl_c
        self.slots = [Slot(plan, number if len(cards) > 1 else 0, share) for number, share in enumerate(cards, 1)]
        self._signals: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._last_ctrl_c = float("-inf")
        self._exit_code = 0

    def run(self) -> int:
        """Work until there is nothing more to do, and return the exit code; `CommError`: an agent is refused."""
        for slot in self.slots:
            slot.register()
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        threads = [threading.Thread(target=slot.work, daemon=True) for slot in self.slots]
        try:
            for thread in threads:
                thread.start()
            self._wait(threads)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        return self._exit_code or (GAVE_UP_EXIT_CODE if self._plan.has_given_up else 0)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signals.put(number)

    def _wait(self, threads: Sequence[threading.Thread]) -> None:
        patience = float("inf")
        while any(thread.is_alive() for thread in threads):
            with suppress(queue.Empty):
                self._obey(self._signals.get(timeout=_LOOK_SECONDS))
            if not self._exit_code or any(slot.is_busy for slot in self.slots):
                continue
            patience = min(patience, time.monotonic() + _PATIENCE_SECONDS)
            alive = [slot for slot, thread in zip(self.slots, threads, strict=True) if thread.is_alive()]
            if time.monotonic() > patience or all(slot.is_asking for slot in alive):
                for slot in alive:
                    slot.leave()
                return

    def _obey(self, number: int) -> None:
        if number == signal.SIGTERM:
            self._give_back()
            self._end(SIGTERM_EXIT_CODE, "SIGTERM")
            return
        again = time.monotonic() - self._last_ctrl_c < SECOND_CTRL_C_SECONDS
        self._last_ctrl_c = time.monotonic()
        if again or self._exit_code:
            self._end(INTERRUPTED_EXIT_CODE, "Ctrl+C")
            for slot in self.slots:
                slot.kill()
        elif self._ends_at_ctrl_c or not any(slot.is_busy for slot in self.slots):
            self._give_back()
            self._end(INTERRUPTED_EXIT_CODE, "Ctrl+C")
        else:
            for slot in self.slots:
                slot.stop()
            _console.say(f"stopping; Ctrl+C again within {SECOND_CTRL_C_SECONDS:.0f} seconds ends the agent")

    def _give_back(self) -> None:
        """Have the runs at hand go to other agents."""
        marking = [threading.Thread(target=slot.mark_preempting) for slot in self.slots]
        for thread in marking:
            thread.start()
        for thread in marking:
            thread.join()

    def _end(self, exit_code: int, reason: str) -> None:
        self._exit_code = self._exit_code or exit_code
        self._plan.end(f"ended by {reason}")
        for slot in self.slots:
            slot.stop()
