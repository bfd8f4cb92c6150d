"""Merge the chunks in which rows came in into few large ones, in the background."""

import time
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Length

from sweeps_app.columns.codec import decode, encode, unpacked_size
from sweeps_app.columns.grouping import FAN_IN, Stored, groups_to_merge, is_large, parts_that_fit
from sweeps_app.columns.table import merge
from sweeps_app.models import HistoryChunk, Run, SystemChunk
from sweeps_app.selectors.streams import HISTORY, SYSTEM, Stream

# A pass is bounded in runs and in seconds, so that the next one begins after it.
RUNS = 500
SECONDS = 8.0


def chunks_merge(*, seconds: float = SECONDS) -> int:
    """Merge what is worth merging, for about `seconds`, and return how many chunks were merged away."""
    deadline = time.monotonic() + seconds
    merged = 0
    for stream in (HISTORY, SYSTEM):
        _settle_single(stream)
        for run in _runs_to_merge(stream):
            if time.monotonic() > deadline:
                return merged
            merged += stream_merge(run=run, stream=stream)
    return merged


def stream_merge(*, run: Run, stream: Stream) -> int:
    """Merge the chunks of one stream of a run as far as is worth it; return how many were merged away."""
    is_ended = run.state not in Run.ACTIVE_STATES
    chunks = _stored(run, stream)
    merged = sum(_merge(stream, group) for group in groups_to_merge(chunks, is_ended=is_ended))
    done = [chunk.pk for chunk in chunks if chunk.level == 0 and (is_ended or is_large(chunk))]
    stream.chunks.objects.filter(pk__in=done).update(level=1)
    return merged


def _runs_to_merge(stream: Stream) -> Iterable[Run]:
    """Return runs with many unmerged chunks, and those with any that have ended."""
    unmerged = stream.chunks.objects.filter(level=0).values("run").annotate(found=Count("pk"))
    ended = ~Q(run__state__in=Run.ACTIVE_STATES)
    pks = unmerged.filter(Q(found__gte=FAN_IN) | ended).order_by("run").values_list("run", flat=True)[:RUNS]
    return Run.objects.filter(pk__in=list(pks)).only("pk", "state")


def _settle_single(stream: Stream) -> None:
    """Have the runs that have ended with one chunk looked at no more, all at once: most sweeps have thousands."""
    ended = Run.objects.filter(pk=OuterRef("run")).exclude(state__in=Run.ACTIVE_STATES)
    others = stream.chunks.objects.filter(run=OuterRef("run")).exclude(pk=OuterRef("pk"))
    stream.chunks.objects.filter(Exists(ended), ~Exists(others), level=0).update(level=1)


def _stored(run: Run, stream: Stream) -> list[Stored]:
    rows = stream.chunks.objects.filter(run=run).order_by("first_row").annotate(size=Length("data"))
    return [Stored(*row) for row in rows.values_list("pk", "rows", "size", "level")]


def _merge(stream: Stream, group: list[Stored]) -> int:
    """Put one chunk in the place of a group, or some where one would swell too much when it is read.

    A group that has changed meanwhile is left alone. Return how many chunks are fewer.
    """
    pks = [stored.pk for stored in group]
    chunks: list[HistoryChunk | SystemChunk] = list(stream.chunks.objects.filter(pk__in=pks).order_by("first_row"))
    if len(chunks) < len(pks):
        return 0
    level = max(stored.level for stored in group) + 1
    parts = parts_that_fit([unpacked_size(chunk.data) for chunk in chunks])
    return sum(_replace(stream, chunks[part], level) for part in parts)


def _replace(stream: Stream, chunks: list[HistoryChunk | SystemChunk], level: int) -> int:
    pks = [chunk.pk for chunk in chunks]
    if len(pks) == 1:
        stream.chunks.objects.filter(pk__in=pks).update(level=level)
        return 0
    merged = _merged(chunks, level)
    try:
        with transaction.atomic():
            if stream.chunks.objects.filter(pk__in=pks).delete()[0] < len(pks):
                # Another worker was first, or the run is being deleted.
                transaction.set_rollback(True)
                return 0
            merged.save(force_insert=True)
    except IntegrityError:
        return 0
    return len(pks) - 1


def _merged(chunks: list[HistoryChunk | SystemChunk], level: int) -> HistoryChunk | SystemChunk:
    columns = merge(decode(chunk.data) for chunk in chunks)
    return type(chunks[0])(
        run_id=chunks[0].run_id,
        first_row=columns.first_row,
        rows=len(columns),
        min_step=min(chunk.min_step for chunk in chunks),
        max_step=max(chunk.max_step for chunk in chunks),
        level=level,
        data=encode(columns),
    )
