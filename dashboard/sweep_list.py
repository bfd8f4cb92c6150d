"""Sweeps as the rows of a list."""

from collections.abc import Sequence
from typing import NamedTuple

from dashboard.progress import Progress, progress_of
from dashboard.views.page import address
from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.sweeps import expected_runs, sweep_figures


class SweepRow(NamedTuple):
    """A sweep with its progress and its best run; the run's address is empty where there is none."""

    sweep: Sweep
    url: str
    progress: Progress
    best: Run | None
    best_url: str

    @property
    def is_active(self) -> bool:
        """Whether it may change any moment."""
        return self.progress.active > 0 or self.sweep.state in (Sweep.State.PENDING, Sweep.State.RUNNING)


def sweep_rows(sweeps: Sequence[Sweep]) -> list[SweepRow]:
    """Return the rows of `sweeps`, which come with their projects and entities."""
    figures = sweep_figures(sweeps)
    rows = []
    for sweep in sweeps:
        place = (sweep.project.entity.name, sweep.project.name)
        found = figures[sweep.pk]
        rows.append(
            SweepRow(
                sweep,
                address(*place, "sweeps", sweep.sweep_id),
                progress_of(found.run_counts, expected_runs(sweep)),
                found.best,
                address(*place, "runs", found.best.run_id) if found.best else "",
            )
        )
    return rows
