"""Interrupt a thread's Python code with `KeyboardInterrupt`, wherever it is."""

import _thread
import ctypes
import os
import signal
import threading
import time
from types import FrameType

from sweepdeck._context import in_notebook

# Code that swallowed the interrupt is asked again, but its clean-up is given this long.
REPEAT_SECONDS = 15.0
SECOND_CTRL_C_SECONDS = 10.0


class AgentKilled(BaseException):
    """Raised in the function at a second Ctrl+C; not a KeyboardInterrupt, which code may be catching."""


class Interrupter:
    """Stops the function of an agent: on the server's word, or on Ctrl+C.

    Used as a context manager around the agent's whole work in the thread that does it; `armed` says whether the
    function runs. Where that is the main thread it handles SIGINT until it is left. A run outside of agents uses `arm`,
    `stop` and `disarm` alone, and leaves Ctrl+C to Python.
    """

    def __init__(self) -> None:
        self.armed = False
        self.is_killed = False
        self.had_ctrl_c = False
        self._ident = threading.get_ident()
        self._is_main = threading.current_thread() is threading.main_thread()
        self._lock = threading.Lock()
        self._from_server = False
        self._last_stop = self._last_ctrl_c = float("-inf")
        self._before: object = None

    def __enter__(self) -> "Interrupter":
        if self._is_main:
            self._before = signal.signal(signal.SIGINT, self._on_sigint)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.disarm()
        if self._is_main:
            signal.signal(signal.SIGINT, self._before if self._before is not None else signal.SIG_DFL)  # type: ignore[arg-type]

    def arm(self) -> None:
        """From now on the function runs."""
        with self._lock:
            self._from_server = self.had_ctrl_c = False
            self._last_stop = float("-inf")
            self.armed = True

    def disarm(self) -> None:
        """The function has ended: a stop that is under way no longer counts."""
        with self._lock:
            self.armed = False
            if not self._is_main:
                _raise_in(self._ident, None)

    def stop(self) -> None:
        """Interrupt the function, from another thread; nothing happens where it has ended."""
        with self._lock:
            now = time.monotonic()
            if not self.armed or now - self._last_stop < REPEAT_SECONDS or (self._is_main and _is_idle_notebook()):
                return
            self._last_stop = now
            if not self._is_main:
                _raise_in(self._ident, KeyboardInterrupt)
                return
            self._from_server = True
            _interrupt_main_thread(self._ident)

    def _on_sigint(self, _number: int, _frame: FrameType | None) -> None:
        if self._from_server:
            self._from_server = False
            if self.armed:
                raise KeyboardInterrupt
            return
        if self._before is signal.SIG_IGN:
            return
        now = time.monotonic()
        self.had_ctrl_c = True
        again = now - self._last_ctrl_c < SECOND_CTRL_C_SECONDS
        self._last_ctrl_c = now
        if self.is_killed:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.raise_signal(signal.SIGINT)
        if again and self.armed:
            self.is_killed = True
            raise AgentKilled
        raise KeyboardInterrupt


class AgentsInterrupter(Interrupter):
    """Leaves the stop of a run to the agent that has started this process, as long as that is alive."""

    def __init__(self, agent_pid: int | None) -> None:
        super().__init__()
        self._agent_pid = agent_pid

    @property
    def is_agents(self) -> bool:
        """Tell whether an agent is there that stops the code."""
        return self._agent_pid is not None and _is_alive(self._agent_pid)

    def stop(self) -> None:
        """Interrupt the code unless the agent does."""
        if not self.is_agents:
            super().stop()


def _is_alive(pid: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _is_idle_notebook() -> bool:
    """Tell whether no cell runs that could be interrupted: a notebook's kernel ignores SIGINT then."""
    return in_notebook() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def _interrupt_main_thread(ident: int) -> None:
    """Have the main thread handle SIGINT now, even if it sleeps in a system call."""
    if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, signal.SIG_DFL):
        _raise_in(ident, KeyboardInterrupt)  # as under nohup
    elif hasattr(signal, "pthread_kill"):
        signal.pthread_kill(ident, signal.SIGINT)
    else:
        _thread.interrupt_main()


def _raise_in(ident: int, exception: type[BaseException] | None) -> None:
    raised = ctypes.py_object(exception) if exception else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), raised)
