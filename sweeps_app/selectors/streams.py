"""The two streams of rows that a run has: what it logs, and what is measured of its machine."""

from dataclasses import dataclass
from typing import Literal

from sweeps_app.models import HistoryChunk, Run, RunMetric, SystemChunk, SystemMetric


@dataclass(frozen=True)
class Stream:
    """Where rows of one kind are: their chunks, the figures of their metrics, and the run's count of them."""

    chunks: type[HistoryChunk] | type[SystemChunk]
    metrics: type[RunMetric] | type[SystemMetric]
    counter: Literal["history_rows", "system_rows"]

    def rows(self, run: Run) -> int:
        """Return how many rows of the stream are stored."""
        return int(getattr(run, self.counter))


HISTORY = Stream(HistoryChunk, RunMetric, "history_rows")
SYSTEM = Stream(SystemChunk, SystemMetric, "system_rows")
