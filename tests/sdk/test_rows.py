"""Steps of a run's history, and the queue in which their rows wait."""

import threading

import pytest

from sweepdeck._history import RowBuilder
from sweepdeck._queue import RowQueue


def _add(builder, data, step=None, commit=None):
    rows = builder.add(data, step, commit)
    return [{key: value for key, value in row.items() if key != "_timestamp"} for row in rows]


def test_each_call_without_step_is_a_step():
    builder = RowBuilder()
    assert _add(builder, {"a": 1}) == [{"a": 1, "_step": 0}]
    assert _add(builder, {"a": 2}) == [{"a": 2, "_step": 1}]


def test_commit_false_leaves_the_step_open():
    builder = RowBuilder()
    assert _add(builder, {"a": 1}, commit=False) == []
    assert _add(builder, {"b": 2}) == [{"a": 1, "b": 2, "_step": 0}]
    assert builder.step == 1


def test_a_larger_step_completes_the_open_one():
    builder = RowBuilder()
    assert _add(builder, {"a": 1}, step=5) == []
    assert _add(builder, {"b": 2}, step=5) == []
    assert _add(builder, {"a": 3}, step=8) == [{"a": 1, "b": 2, "_step": 5}]
    assert _add(builder, {"a": 4}, step=8, commit=True) == [{"a": 4, "_step": 8}]
    assert builder.step == 9


def test_a_step_that_skips_completes_what_is_open_and_itself():
    builder = RowBuilder()
    _add(builder, {"a": 1}, commit=False)
    assert _add(builder, {"b": 2}, step=4, commit=True) == [{"a": 1, "_step": 0}, {"b": 2, "_step": 4}]


def test_a_step_in_the_past_is_refused():
    builder = RowBuilder(first_step=3)
    with pytest.raises(ValueError, match="step 2 is less than the current step 3"):
        builder.add({"a": 1}, 2, None)


def test_flush_gives_the_open_row_once():
    builder = RowBuilder()
    _add(builder, {"a": 1}, commit=False)
    assert len(builder.flush()) == 1
    assert builder.flush() == []


def test_the_queue_gives_rows_in_order_and_in_bounded_batches():
    queue = RowQueue(threading.Event())
    for row in ("aaa", "bbb", "ccc"):
        assert queue.put(row)
    assert queue.head(max_bytes=6).rows == ["aaa", "bbb"]
    assert queue.head(max_bytes=1).rows == ["aaa"]
    queue.drop_head(queue.head(max_bytes=6))
    assert queue.head(max_bytes=100).rows == ["ccc"]


def test_one_row_can_be_dropped_from_the_middle():
    queue = RowQueue(threading.Event())
    for row in ("a", "b", "c"):
        queue.put(row)
    queue.drop(1)
    assert queue.head(100).rows == ["a", "c"]


def test_a_full_queue_makes_its_writer_wait_until_there_is_room():
    queue = RowQueue(threading.Event(), max_bytes=4)
    queue.put("aaaa")
    writer = threading.Thread(target=queue.put, args=("bbbb",))
    writer.start()
    writer.join(0.05)
    assert writer.is_alive()
    queue.drop_head(queue.head(100))
    writer.join(5)
    assert queue.head(100).rows == ["bbbb"]


def test_a_full_queue_drops_and_counts_while_the_server_is_away():
    queue = RowQueue(threading.Event(), max_bytes=4)
    queue.put("aaaa")
    queue.is_blocked = True
    assert not queue.put("bbbb")
    assert queue.dropped == 1


def test_a_closed_queue_takes_nothing_and_says_what_was_left():
    queue = RowQueue(threading.Event())
    queue.put("a")
    assert queue.close() == 1
    assert not queue.put("b")
    assert len(queue) == 0
