"""A sweep at a glance: its best runs and how to run the best one again, what it has cost and saved, when it ends."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import yaml

from dashboard.command_line import sweep_command
from dashboard.forecast import Forecast, forecast
from dashboard.progress import Progress
from dashboard.trees import Tree, config_rows
from dashboard.views.page import address
from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.costs import Costs, ages_under_way, last_durations, sweep_costs
from sweeps_app.selectors.front import front_size
from sweeps_app.selectors.sweeps import best_runs

TOP = 5
MAX_ROWS = 40


class Ranked(NamedTuple):
    """One of the best runs."""

    run: Run
    url: str


@dataclass(frozen=True)
class BestRun:
    """The best run, and its configuration to look at and to copy."""

    run: Run
    url: str
    config: Tree
    json: str
    yaml: str
    command: str


@dataclass(frozen=True)
class Overview:
    """`front` is there where the sweep pursues several metrics: how many runs are on it, of how many."""

    best: BestRun | None
    next_best: list[Ranked]
    front: tuple[int, int] | None
    metrics: list[str]
    costs: Costs
    end: Forecast | None
    ends_at: datetime | None

    @property
    def gpu_hours(self) -> float:
        """Return for how many hours the sweep's jobs have held graphics cards, times their number."""
        return self.costs.gpu_seconds / 3600

    @property
    def saved_share(self) -> str:
        """Return which part early stopping has saved of what there would have been to compute without it."""
        saved = self.costs.saving.seconds if self.costs.saving else 0.0
        whole = self.costs.seconds + saved
        return f"{saved / whole:.0%}" if whole else ""


def sweep_overview(sweep: Sweep, progress: Progress, now: datetime) -> Overview:
    """Return the overview of a sweep whose runs are counted in `progress`."""
    place = (sweep.project.entity.name, sweep.project.name, "runs")
    several = sweep.config.get("metrics") or []
    ranked = [Ranked(run, address(*place, run.run_id)) for run in best_runs(sweep, TOP)]
    ages = ages_under_way(sweep, now) if progress.active else []
    end = _end(sweep, progress, ages)
    return Overview(
        best=_best(sweep, ranked[0]) if ranked else None,
        next_best=ranked[1:],
        front=front_size(sweep) if several else None,
        metrics=[metric["name"] for metric in several],
        costs=sweep_costs(sweep, {segment.state: segment.runs for segment in progress.segments}, ages, now),
        end=end,
        ends_at=now + timedelta(seconds=end.seconds) if end else None,
    )


def _best(sweep: Sweep, ranked: Ranked) -> BestRun:
    config = ranked.run.config
    return BestRun(
        run=ranked.run,
        url=ranked.url,
        config=config_rows(config, limit=MAX_ROWS),
        json=json.dumps(config, indent=2, ensure_ascii=False),
        yaml=yaml.safe_dump(config, sort_keys=False, allow_unicode=True),
        command=sweep_command(sweep.config, config, ranked.run.program),
    )


def _end(sweep: Sweep, progress: Progress, ages: Sequence[float]) -> Forecast | None:
    if sweep.state != Sweep.State.RUNNING or progress.expected is None or progress.expected <= progress.ended:
        return None
    return forecast(last_durations(sweep), ages, progress.expected - progress.ended)
