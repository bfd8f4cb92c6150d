"""How far a sweep is: its runs by state, as the segments of one bar."""

from collections.abc import Mapping
from typing import NamedTuple

from sweeps_app.models import Run

State = Run.State

# In the order in which the bar shows them: what has ended, what went wrong, what is under way.
ORDER = (
    State.FINISHED,
    State.STOPPED_EARLY,
    State.KILLED,
    State.PREEMPTED,
    State.FAILED,
    State.CRASHED,
    State.PREEMPTING,
    State.RUNNING,
    State.PENDING,
)


class Segment(NamedTuple):
    """The runs of one state; `x` and `width` are percentages of the bar."""

    state: str
    label: str
    runs: int
    x: float
    width: float


class Progress(NamedTuple):
    """`total` runs so far, of `expected` where the sweep is bounded; `ended` of them are over."""

    segments: list[Segment]
    total: int
    ended: int
    active: int
    expected: int | None

    @property
    def sentence(self) -> str:
        """Return what the bar shows, for those who do not see it."""
        of = f" of {self.expected:,}" if self.expected is not None else ""
        states = ", ".join(f"{s.runs:,} {s.label}" for s in self.segments)
        return f"{self.total:,}{of} runs" + (f": {states}" if states else "")


def progress_of(counts: Mapping[str, int], expected: int | None = None) -> Progress:
    """Return the bar for runs counted by state; its full width is the expected number, or all runs there are."""
    total = sum(counts.values())
    active = sum(counts.get(state, 0) for state in Run.ACTIVE_STATES)
    full = max(total, expected or 0, 1)
    segments: list[Segment] = []
    before = 0
    for state in ORDER:
        count = counts.get(state, 0)
        if count:
            x, width = 100 * before / full, 100 * count / full
            segments.append(Segment(state, State(state).label.lower(), count, round(x, 3), round(width, 3)))
            before += count
    return Progress(segments, total, total - active, active, expected)
