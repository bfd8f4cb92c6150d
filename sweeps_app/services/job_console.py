"""What an agent job's program prints, as its worker passes it on: the beginning and the end are kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from sweeps_app.columns.lines import STREAMS, Lines
from sweeps_app.models import AgentJob, JobConsoleChunk
from sweeps_app.services.line_chunks import job_lines_store

# Characters that are kept of the beginning and of the end; whole chunks between the two are dropped.
HEAD_CHARACTERS = 500_000
TAIL_CHARACTERS = 2_000_000


@dataclass(frozen=True)
class Printed:
    """Lines of a job's output from number `first_line` on, each with its time in seconds since 1970 and its stream."""

    first_line: int = 0
    lines: Sequence[tuple[float, str, str]] = ()


NOTHING = Printed()


def job_console_append(*, job: AgentJob, printed: Printed) -> None:
    """Store lines that are not stored yet; the caller holds the job's row, whose `console_lines` is as stored."""
    fresh = printed.lines[max(0, job.console_lines - printed.first_line) :]
    if not fresh:
        return
    times, streams, texts = zip(*fresh, strict=True)
    places = [STREAMS.index(stream) for stream in streams]
    job_lines_store(job, Lines.of(list(times), places, [text.replace("\x00", "") for text in texts]))
    job.console_lines += len(fresh)
    job.save(update_fields=["console_lines"])
    _drop_middle(job)


def _drop_middle(job: AgentJob) -> None:
    chunks = JobConsoleChunk.objects.filter(job=job).order_by("first_line").values_list("pk", "characters")
    head = 0
    rest: list[tuple[int, int]] = []
    for pk, characters in chunks:
        if not rest and head + characters <= HEAD_CHARACTERS:
            head += characters
        else:
            rest.append((pk, characters))
    surplus = sum(characters for _, characters in rest) - TAIL_CHARACTERS
    dropped = []
    for pk, characters in rest[:-1]:
        if surplus <= 0:
            break
        dropped.append(pk)
        surplus -= characters
    JobConsoleChunk.objects.filter(pk__in=dropped).delete()
