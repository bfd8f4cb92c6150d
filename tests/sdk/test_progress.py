"""What the end of a run shows while it waits."""

import io
import sys

import pytest

from sweepdeck import _progress
from sweepdeck._amount import Amount
from sweepdeck._progress import ProgressLine


class _Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock of which each look is two seconds later."""
    times = iter(range(100, 200, 2))
    monkeypatch.setattr(_progress.time, "monotonic", lambda: next(times))


def test_a_terminal_has_one_line_that_is_left_empty(monkeypatch, clock):
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    line = ProgressLine(Amount(rows=10_000))
    line.show(Amount(rows=9_000))
    line.show(Amount())
    line.end()
    shown = terminal.getvalue()
    assert "\n" not in shown
    first, second, rest, end = shown.split("\r")[1:]
    assert first == "sweepdeck: 9,000 rows left, 500 a second"
    assert second.startswith("sweepdeck: 0 rows left, 2,500 a second")
    assert len(second) >= len(first)
    assert (rest.strip(), end) == ("", "")


def test_a_file_gets_lines(capsys, clock):
    line = ProgressLine(Amount(rows=100))
    line.show(Amount(rows=49, lines=1))
    line.end()
    assert capsys.readouterr().err == "sweepdeck: 49 rows and 1 line left, 25 a second\n"
    assert line.interval == _progress.FILE_SECONDS
