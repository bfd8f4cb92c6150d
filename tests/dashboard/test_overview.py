"""A sweep at a glance: what it has cost, what stopping saved, when it ends, which runs are best."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.overview import sweep_overview
from dashboard.progress import progress_of
from sweeps_app.models import AgentJob, Result, Run, RunAttempt, Suggestion, Sweep
from sweeps_app.selectors.runs import state_counts
from sweeps_app.selectors.sweeps import expected_runs
from tests.dashboard.world import CONFIG, add_runs
from tests.factories import make_sweep


def _overview(sweep, now=None):
    sweep.refresh_from_db()
    return sweep_overview(
        sweep, progress_of(state_counts(sweep.runs.all()), expected_runs(sweep)), now or timezone.now()
    )


def test_all_attempts_count_and_those_under_way_go_on(world):
    now = world.runs[0].started_at + timedelta(seconds=100)
    ended = 30 * (len(world.runs) - 1)
    assert _overview(world.sweep, now).costs.seconds == pytest.approx(ended + 100, abs=0.05)
    RunAttempt.objects.create(
        run=world.runs[1],
        number=1,
        cause="lost",
        state="crashed",
        started_at=now,
        finished_at=now + timedelta(seconds=7),
    )
    assert _overview(world.sweep, now).costs.seconds == pytest.approx(ended + 107, abs=0.05)
    Run.objects.filter(pk=world.runs[0].pk).update(state="finished", finished_at=now)
    assert _overview(world.sweep, now + timedelta(hours=1)).costs.seconds == pytest.approx(ended + 107, abs=0.05)


def test_graphics_cards_count_as_long_as_jobs_hold_them(world):
    now = timezone.now()
    made = {"project": world.sweep.project, "sweep": world.sweep, "created_by": world.owner, "program": "train"}
    AgentJob.objects.create(**made, gpus=2, started_at=now - timedelta(hours=1), finished_at=now)
    AgentJob.objects.create(**made, gpus=1, started_at=now - timedelta(hours=3))
    AgentJob.objects.create(**made, gpus=8)
    assert _overview(world.sweep, now).gpu_hours == pytest.approx(5)


def test_a_stopped_run_saves_what_it_has_not_logged_at_its_own_pace(world, page):
    stopped = world.runs[2:4]
    Run.objects.filter(pk__in=[run.pk for run in stopped]).update(state="stopped_early", history_rows=4)
    found = _overview(world.sweep)
    # The finished ones have 10 rows; 4 took 30 seconds, so that 6 more would have taken 45.
    assert (found.costs.saving.runs, found.costs.saving.rows) == (2, 10)
    assert found.costs.saving.seconds == pytest.approx(90, abs=0.05)
    html = page.get(world.sweep_path).content.decode()
    assert "Saved by stopping" in html
    Run.objects.filter(sweep=world.sweep, state="finished").exclude(pk=world.runs[4].pk).update(history_rows=0)
    Run.objects.filter(pk=world.runs[5].pk).update(state="failed")
    assert _overview(world.sweep).costs.saving is None


def test_the_end_is_expected_at_the_pace_of_the_last_runs_while_the_sweep_runs(world, page):
    Sweep.objects.update(run_cap=10)
    now = world.runs[0].started_at + timedelta(seconds=10)
    found = _overview(world.sweep, now)
    assert found.end.seconds == pytest.approx(20 + 30 + 30)  # one under way for 10 of 30 seconds, and two more
    assert "30s a run, 1 at a time" in page.get(world.sweep_path).content.decode()
    for state in ("PAUSED", "FINISHED"):
        Sweep.objects.update(state=state)
        assert _overview(world.sweep, now).end is None


def test_the_best_run_can_be_copied_in_three_ways_and_the_next_ones_are_named(world, page):
    world.sweep.config["program"] = "train.py"
    world.sweep.save()
    html = page.get(world.sweep_path).content.decode()
    best = _overview(world.sweep).best
    assert best.run == world.runs[-1]
    assert best.command.startswith("python train.py --")
    assert f"lr: {best.run.config['lr']}" in best.yaml
    for part in ("best-json", "best-yaml", "best-command"):
        assert f'data-copy="{part}"' in html
        assert f'<pre id="{part}" hidden>' in html
    assert [each.run for each in _overview(world.sweep).next_best] == world.runs[-2:-6:-1]


def test_several_metrics_have_a_front_in_place_of_a_best_run(world, page):
    sweep = make_sweep(world.owner, CONFIG)
    sweep.config["metrics"] = [{"name": "loss", "goal": "minimize"}, {"name": "accuracy", "goal": "maximize"}]
    del sweep.config["metric"]
    sweep.metric_name = ""
    sweep.save()
    runs = add_runs(sweep, 4)
    for number, (run, values) in enumerate(zip(runs, [(1, 1), (2, 3), (3, 2), (None, 9)], strict=True)):
        Result.objects.create(
            sweep=sweep,
            suggestion=Suggestion.objects.get(run=run),
            run=run,
            number=number,
            state="finished",
            values=values,
        )
    Sweep.objects.filter(pk=sweep.pk).update(result_count=4)
    found = _overview(sweep)
    assert (found.front, found.best) == ((2, 3), None)
    html = page.get(f"{world.project_path}/sweeps/{sweep.sweep_id}").content.decode()
    assert "Pareto front" in html
    assert "loss and accuracy" in html


def test_a_sweep_without_runs_has_nothing_to_tell(world, page):
    sweep = make_sweep(world.owner, CONFIG)
    found = _overview(sweep)
    assert (found.best, found.end, found.costs.seconds, found.costs.saving) == (None, None, 0.0, None)
    assert "Compute spent" not in page.get(f"{world.project_path}/sweeps/{sweep.sweep_id}").content.decode()
