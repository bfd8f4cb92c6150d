"""Give a sweep finished runs, straight into the database that the environment names: `fill_sweep.py SWEEP COUNT`."""

import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sweeps_app.config.settings")

import django
import numpy as np

django.setup()

from django.db import transaction
from django.utils import timezone

from sweeps_app.columns.series import Series
from sweeps_app.models import Project, Result, Run, RunMetric, Suggestion, Sweep
from sweeps_app.search.request import SearchRequest
from sweeps_app.search.suggest import suggest


@transaction.atomic
def fill(sweep_id: str, count: int, metrics: Sequence[str] = ()) -> None:
    """Add `count` finished runs at random points (of a grid: its first points); loss is |x|.

    With `metrics` the runs have figures and a curve of the loss and of these.
    """
    sweep = Sweep.objects.select_for_update().get(sweep_id=sweep_id)
    config = sweep.config if sweep.method == "grid" else sweep.config | {"method": "random"}
    now = timezone.now()
    # A worker may have taken the first numbers to prepare suggestions.
    numbers = range(sweep.next_number, sweep.next_number + count)
    made = [suggest(SearchRequest(config=config, seed=sweep.seed, number=number)) for number in numbers]
    suggestions = Suggestion.objects.bulk_create(
        Suggestion(sweep=sweep, number=found.number, config=found.config, why=found.why) for found in made if found
    )
    change = Project.next_cursor(sweep.project_id)
    runs = Run.objects.bulk_create(
        Run(
            project_id=sweep.project_id,
            sweep=sweep,
            suggestion=suggestion,
            name=f"run-{suggestion.number + 1}",
            state=Run.State.FINISHED,
            config=suggestion.config,
            summary=summary_of(suggestion, metrics),
            objective=abs(float(suggestion.config["x"])),
            created_by=sweep.created_by,
            started_at=now,
            heartbeat_at=now,
            finished_at=now,
            change=change,
        )
        for suggestion in suggestions
    )
    Result.objects.bulk_create(
        Result(
            sweep=sweep,
            suggestion=run.suggestion,
            run=run,
            number=number,
            state=Result.State.FINISHED,
            values=[run.objective],
        )
        for number, run in enumerate(runs, sweep.result_count)
    )
    if metrics:
        RunMetric.objects.bulk_create(figures(run, name) for run in runs for name in ("loss", *metrics))
    Sweep.objects.filter(pk=sweep.pk).update(
        next_number=numbers.stop,
        handed_out=sweep.handed_out + count,
        result_count=sweep.result_count + len(runs),
        state=Sweep.State.RUNNING,
        started_at=now,
    )


def summary_of(suggestion: Suggestion, metrics: Sequence[str]) -> dict[str, float]:
    """Return the loss, and something for each other metric."""
    rng = random.Random(suggestion.number)
    return {"loss": abs(float(suggestion.config["x"]))} | {name: rng.random() for name in metrics}


def figures(run: Run, name: str) -> RunMetric:
    """Return the figures of a metric that went down to its last value in a hundred steps."""
    last = run.summary[name]
    curve = Series().extended(np.arange(100), np.linspace(last + 1, last, 100)).to_bytes()
    return RunMetric(run=run, name=name, count=100, last=last, minimum=last, maximum=last + 1, series=curve)


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
