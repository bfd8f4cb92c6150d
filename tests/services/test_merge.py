"""Merged chunks hold exactly what the small ones held, whoever writes, reads and merges at the same time."""

import threading

import pytest

from sweeps_app.columns import grouping
from sweeps_app.models import HistoryChunk, SystemChunk
from sweeps_app.selectors.history import history_page
from sweeps_app.selectors.streams import HISTORY, SYSTEM
from sweeps_app.services.ingest import RowBatch, batch_append
from sweeps_app.services.merge import chunks_merge, stream_merge
from sweeps_app.services.runs import run_finish
from tests.concurrency import in_threads
from tests.factories import make_run, make_user

ROWS = [
    {"loss": 1 / (n + 1), "n": n, **({"text": f"t{n}"} if n % 3 == 0 else {}), "mixed": n if n % 2 else n / 2}
    for n in range(40)
]


def log(run, rows=ROWS, stream=HISTORY, start=0):
    """Log rows one a request."""
    for number, row in enumerate(rows, start=start):
        batch_append(run=run, batch=RowBatch(number, [row]), stream=stream)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stream", "chunks"), [(HISTORY, HistoryChunk), (SYSTEM, SystemChunk)], ids=["history", "system"]
)
def test_rows_are_the_same_in_fewer_chunks(stream, chunks):
    run = make_run(make_user())
    log(run, stream=stream)
    before = history_page(run, stream=stream).rows
    assert chunks_merge() == 30
    assert list(chunks.objects.values_list("first_row", "rows", "level", "min_step", "max_step"))[:2] == [
        (0, 16, 1, 0, 15),
        (16, 16, 1, 16, 31),
    ]
    run_finish(run=run, exit_code=0)
    chunks_merge()
    assert chunks.objects.get().rows == 40
    assert history_page(run, stream=stream).rows == before
    assert chunks_merge() == 0


@pytest.mark.django_db
def test_late_rows_of_a_run_that_has_ended_are_merged_too():
    run = make_run(make_user())
    log(run)
    run_finish(run=run, exit_code=0)
    chunks_merge()
    log(run, ROWS[:3], start=40)
    chunks_merge()
    assert HistoryChunk.objects.get().rows == 43


@pytest.mark.django_db
def test_runs_with_little_to_merge_are_left_alone():
    runs = [make_run(make_user()) for _ in range(2)]
    log(runs[0], ROWS[:9])
    log(runs[1], ROWS[:1])
    run_finish(run=runs[1], exit_code=0)
    assert chunks_merge() == 0
    assert sorted(HistoryChunk.objects.values_list("level", flat=True)) == [0] * 9 + [1]


@pytest.mark.django_db
def test_chunks_are_not_merged_into_one_that_swells_when_it_is_read(monkeypatch):
    monkeypatch.setattr(grouping, "MOST_UNPACKED", 500_000)
    run = make_run(make_user())
    log(run, [{"text": "x" * 100_000}] * 16)
    chunks_merge()
    assert list(HistoryChunk.objects.values_list("rows", "level")) == [(4, 1)] * 4
    assert len(history_page(run).rows) == 16
    run_finish(run=run, exit_code=0)
    chunks_merge()
    assert HistoryChunk.objects.count() == 4
    assert chunks_merge() == 0


@pytest.mark.django_db(transaction=True)
def test_merging_beside_writers_and_readers_neither_loses_nor_doubles_a_row():
    run = make_run(make_user())
    over, merged = threading.Event(), threading.Event()
    total, half = 120, 60

    def work(i):
        if i == 0:
            try:
                log(run, [{"x": n} for n in range(half)])
                assert merged.wait(60)  # however the threads take turns, what follows is written beside merging
                log(run, [{"x": n} for n in range(half, total)], start=half)
            finally:
                over.set()
            return
        is_last = False
        while not is_last:
            is_last = over.is_set()
            if i < 3:
                if stream_merge(run=run, stream=HISTORY):
                    merged.set()
                continue
            after = -1
            while after is not None:
                page = history_page(run, after=after, limit=50)
                numbers = [row["x"] for row in page.rows]
                assert numbers == list(range(after + 1, after + 1 + len(numbers)))
                after = page.next_after

    in_threads(4, work)
    assert [row["x"] for row in history_page(run, limit=total).rows] == list(range(total))
    assert HistoryChunk.objects.count() < 40
