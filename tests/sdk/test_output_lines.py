"""How what a program writes becomes lines, and how many of them are kept."""

from itertools import pairwise

import pytest

from sweepdeck._output.limit import KEPT_LINES, LINES_PER_SECOND, SECONDS_AT_ONCE, Limit
from sweepdeck._output.lines import MAX_LINE, Lines


def _told(*writes, seconds=0.0):
    """Return what is told of writes that follow one another by so many seconds, and at the end."""
    lines, told = Lines(), []
    for number, text in enumerate(writes):
        told += lines.feed(text, 100.0 + number * seconds)
    return told + lines.rest()


@pytest.mark.parametrize(
    ("writes", "told"),
    [
        (["a", "\n"], ["a"]),
        (["a\nb\n\nc", "d\n"], ["a", "b", "", "cd"]),
        (["no newline at the end"], ["no newline at the end"]),
        ([], []),
        (["windows\r\n", "again\r", "\n"], ["windows", "again"]),
        (["\x1b[31mred\x1b[0m\n", "plain\n"], ["\x1b[31mred\x1b[0m", "plain"]),
        (["\r 10%", "\r 50%", "\r100%", "\n", "done\n"], ["100%", "done"]),
        ([" 1/3\r", " 2/3\r", " 3/3\r", "\nnext\n"], [" 3/3", "next"]),
        (["loading 5%\rloading 9%"], ["loading 9%"]),
        (["\r 10%", "\r     \r", "message\n", "\r 20%\n"], ["message", " 20%"]),
    ],
    ids=range(10),
)
def test_lines_are_what_a_terminal_shows_in_the_end(writes, told):
    assert _told(*writes) == told


def test_a_bar_is_told_about_once_a_second_and_more_rarely_later():
    bar = [f"\r{i}" for i in range(36_000)]
    told = _told(*bar, "\n", seconds=0.1)
    states = [int(state) for state in told]
    assert states[0] in range(9, 12)
    assert states[-1] == 35_999
    assert states == sorted(states)
    assert 50 < sum(state < 600 for state in states) < 62
    assert len(states) < 500
    assert max(later - earlier for earlier, later in pairwise(states)) <= 103


def test_a_bar_that_stands_still_is_told_when_it_is_due():
    lines = Lines()
    assert lines.feed("\r40%", 100.0) == []
    assert lines.due(100.5) == []
    assert lines.due(101.0) == ["40%"]
    assert lines.due(109.0) == []
    assert lines.feed("\n", 110.0) == []
    assert lines.feed("next\n", 110.0) == ["next"]


def test_nested_bars_are_told_by_their_states_and_the_text_behind_them_is_whole():
    """The way tqdm draws a bar below another: down, over the line, and up again."""
    writes = ["\r outer 0/2"]
    for outer in (1, 2):
        for inner in range(100):
            writes += ["\n", f"\r inner {inner}", "\x1b[A"]
        writes += [f"\r outer {outer}/2"]
    writes += ["\n", "\n", "after\n"]
    told = _told(*writes, seconds=0.01)
    assert told[-3:] == [" outer 2/2", " inner 99", "after"]
    assert told.count(" outer 1/2") in (1, 2)
    assert len(told) < 15


@pytest.mark.parametrize("pieces", [["x" * (MAX_LINE + 5) + "\n"], ["x" * 1000] * 200 + ["\n"]], ids=["one", "many"])
def test_a_long_line_is_cut_and_says_so(pieces):
    (line,) = _told(*pieces)
    assert len(line) == MAX_LINE
    assert line.endswith(f"({sum(map(len, pieces)) - 1:,} characters)")
    assert _told(*pieces, "next\n")[1:] == ["next"]


def _limited(max_bytes=10**9):
    kept = []
    return Limit(lambda at, stream, text: kept.append(text), max_bytes), kept


def test_output_within_the_limit_is_kept_as_it_is():
    limit, kept = _limited()
    for i in range(20_000):
        limit.take((100.0 + i / 4_000, "stdout", str(i)))
    assert kept == [str(i) for i in range(20_000)]


def test_too_many_lines_at_once_lose_their_middle_and_say_how_many():
    limit, kept = _limited()
    for i in range(200_000):
        limit.take((100.0, "stdout", str(i)))
    limit.flush()
    at_once = LINES_PER_SECOND * SECONDS_AT_ONCE
    left_out = 200_000 - at_once - KEPT_LINES
    assert kept[:at_once] == [str(i) for i in range(at_once)]
    assert kept[at_once] == f"… {left_out:,} lines were left out …"
    assert kept[at_once + 1 :] == [str(i) for i in range(200_000 - KEPT_LINES, 200_000)]


def test_a_flood_that_goes_on_is_shown_in_parts_that_account_for_every_line():
    limit, kept = _limited()
    count = 600_000
    for i in range(count):
        limit.take((100.0 + i / 20_000, "stdout", str(i)))
    limit.flush()
    numbers = [int(line) for line in kept if line[0] != "…"]
    gaps = [int(line.split()[1].replace(",", "")) for line in kept if line[0] == "…"]
    assert numbers == sorted(numbers)
    assert len(numbers) + sum(gaps) == count
    assert len(gaps) > 5
    assert numbers[-1] == count - 1


def test_bytes_are_limited_by_the_hour():
    limit, kept = _limited(max_bytes=1_000_000)
    for _ in range(2_000):
        limit.take((100.0, "stdout", "x" * 1_000))
    assert len(kept) == 1_000
    limit.tick(110.0)
    assert len(kept) == 1_000
    limit.tick(100.0 + 3600)
    assert kept[1_000] == "… 950 lines were left out …"
    assert len(kept) == 1_051


def test_a_line_that_is_larger_than_all_room_is_counted():
    limit, kept = _limited(max_bytes=100)
    limit.take((1.0, "stdout", "x" * 101))
    limit.flush()
    assert kept == ["… 1 lines were left out …"]
