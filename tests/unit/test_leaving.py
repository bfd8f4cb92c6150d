"""What is done first when a process is told to end."""

import signal
import threading

import pytest

from sweeps_app.config.leaving import when_told_to_end


@pytest.fixture
def happened():
    """A process whose server notes the signals that it obeys."""
    happened = []
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, lambda number, frame: happened.append(number))
    yield happened
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_comes_before_what_the_server_does(happened):
    when_told_to_end(lambda: happened.append("act"))
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGINT)
    assert happened == ["act", signal.SIGTERM, "act", signal.SIGINT]


def test_a_thread_cannot_and_a_process_without_a_server_ends_as_ever(happened):
    thread = threading.Thread(target=when_told_to_end, args=(lambda: happened.append("act"),))
    thread.start()
    thread.join()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    when_told_to_end(lambda: happened.append("act"))
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert happened == []
