import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.columns.lines import MAX_BODY, MAX_TIME, Lines, holding, plain

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=30)
LINES = st.lists(st.tuples(st.floats(0, MAX_TIME), st.integers(0, 1), TEXTS), max_size=40)


def _lines(rows):
    times, streams, texts = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    return Lines.of(times, streams, texts)


def _rows(lines):
    return list(zip(lines.times.tolist(), lines.streams.tolist(), lines.texts, strict=True))


@given(LINES, LINES)
def test_lines_come_back_as_they_were_stored_joined_and_cut(rows, more):
    lines = _lines(rows)
    assert _rows(Lines.from_bytes(lines.to_bytes())) == _rows(lines)
    joined = lines + _lines(more)
    assert _rows(joined) == _rows(lines) + _rows(_lines(more))
    assert _rows(joined[len(rows) :]) == _rows(_lines(more))


def test_times_are_exact_to_a_microsecond():
    assert _lines([(1760000000.123456, 0, "a")]).seconds() == [1760000000.123456]


def test_empty_lines_count():
    assert Lines.from_bytes(_lines([(0, 0, ""), (0, 1, ""), (0, 0, "")]).to_bytes()).texts == ["", "", ""]


def test_half_of_a_surrogate_pair_becomes_a_question_mark():
    assert Lines.from_bytes(_lines([(0, 0, "a\ud800b")]).to_bytes()).texts == ["a?b"]


@pytest.mark.parametrize(
    ("change"),
    [
        lambda data: b"",
        lambda data: data[:-3],
        lambda data: b"\x09" + data[1:],
        lambda data: data[:1] + b"\x09" + data[2:],
        lambda data: data[:5] + zstandard.ZstdCompressor().compress(bytes(MAX_BODY + 1)),
    ],
    ids=["empty", "cut off", "another version", "another count", "swells"],
)
def test_what_was_not_stored_is_refused(change):
    with pytest.raises(ValueError, match="not stored lines"):
        Lines.from_bytes(change(_lines([(1.0, 0, "hello"), (2.0, 1, "there")]).to_bytes()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[1;31mred\x1b[0m and \x1b[38;2;1;2;3mmore\x1b[m", "red and more"),
        ("\x1b]0;a title\x07text\x1b]8;;http://x\x1b\\link", "textlink"),
        ("a\x1b[2K\x1b[1Gb\x1bMc", "abc"),
    ],
)
def test_plain_text_has_nothing_that_only_a_terminal_obeys(text, shown):
    assert plain(text) == shown


def test_searching_looks_at_what_is_seen():
    data = _lines([(0, 0, "Loss: \x1b[1m0.5\x1b[0m"), (0, 1, "straße")]).to_bytes()
    assert holding(data, "loss: 0.5") == [0]
    assert holding(data, "STRASSE".casefold()) == [1]
    assert holding(data, "s") == [0, 1]
    assert holding(data, "[1m") == []
