"""What-if: replays with a known answer, and against a replay value by value."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.stopping.decide import rule_of
from sweeps_app.stopping.rule import Progress
from sweeps_app.stopping.whatif import RunHistory, what_if
from tests.unit.stopping.test_properties import CONFIGS


def _run(name, values, started=0.0, objective=None):
    values = np.array(values, dtype=np.float64)
    return RunHistory(name, values, float(values[-1]) if objective is None and len(values) else objective, started)


def _flat(count, length=9):
    """Return runs whose curves are flat, the best first: run i logs i all the time."""
    return [_run(f"r{i}", [float(i)] * length, started=float(i)) for i in range(count)]


def test_flat_curves_are_cut_at_the_first_band():
    found = what_if(_flat(6), rule_of({"type": "hyperband", "min_iter": 3, "eta": 3}, "minimize"), top=2)
    # in the order of their start they meet the thresholds 0, 0, 1, 1, 1, 2
    assert [(s.run, s.saved, s.decision.threshold) for s in found.stopped] == [
        ("r1", 6, 0),
        ("r2", 6, 1),
        ("r3", 6, 1),
        ("r4", 6, 1),
        ("r5", 6, 2),
    ]
    assert (found.runs, found.iterations, found.saved) == (6, 54, 30)
    assert (found.top, found.wrongly_stopped, found.best_was_stopped) == (("r0", "r1"), ("r1",), False)


def test_saved_and_regret_are_exact():
    runs = [_run("best", [3, 3, 3, 0]), _run("good", [1, 1, 1, 1], 1.0), _run("bad", [9, 9, 9, 9], 2.0)]
    rule = rule_of({"type": "hyperband", "max_iter": 4, "s": 1, "eta": 2}, "minimize")  # one band, at 2
    found = what_if(runs, rule, top=1)
    # at 2: 3 alone; 1 with threshold 3; 9 with threshold sorted(1, 3, 9)[1] = 3. At 3: 3 is not above 3.
    assert [(s.run, s.saved, s.decision.iteration) for s in found.stopped] == [("bad", 2, 2)]
    assert (found.saved, found.iterations, found.saved_share) == (2, 12, pytest.approx(1 / 6))
    assert (found.best, found.best_survivor, found.regret, found.wrongly_stopped) == ("best", "best", 0.0, ())


@pytest.mark.parametrize(("goal", "sign"), [("minimize", 1), ("maximize", -1)])
def test_a_late_bloomer_is_told_to_be_wrongly_stopped(goal, sign):
    late = [9] * 5 + [0] * 5
    runs = [_run(f"r{i}", [sign * (i + 1.0)] * 10, started=i) for i in range(5)]
    runs.append(_run("late", [sign * v for v in late], started=9))
    found = what_if(runs, rule_of({"type": "asha", "min_iter": 2, "eta": 3}, goal), top=3)
    assert found.top == ("late", "r0", "r1")
    assert set(found.wrongly_stopped) == {"late", "r1"}
    assert found.best_was_stopped
    assert (found.best_survivor, found.regret) == ("r0", 1.0)


def test_patience_stops_each_run_at_its_own_moment():
    runs = [_run("flat", [1] * 10), _run("falling", range(10, 0, -1)), _run("short", [5])]
    found = what_if(runs, rule_of({"type": "patience", "patience": 3}, "minimize"))
    assert [(s.run, s.decision.iteration, s.saved) for s in found.stopped] == [("flat", 4, 6)]


def test_values_that_are_not_finite_cost_computing():
    found = what_if(
        [_run("nan", [1, math.nan, 1, math.nan, 1, 1, math.nan])],
        rule_of({"type": "patience", "patience": 2}, "minimize"),
    )
    assert (found.iterations, found.saved) == (7, 2)


def test_a_sweep_without_runs_or_results_has_an_answer():
    rule = rule_of({"type": "asha"}, "minimize")
    nothing = what_if([], rule)
    assert (nothing.runs, nothing.saved_share, nothing.best, nothing.regret) == (0, 0.0, None, None)
    empty = what_if([_run("a", []), RunHistory("b", np.array([1.0]), math.nan)], rule)
    assert (empty.best, empty.best_survivor, empty.top) == (None, None, ())


def test_runs_that_are_stopped_weigh_no_more_on_later_bands():
    rule = rule_of({"type": "hyperband", "min_iter": 1, "eta": 2}, "minimize")
    found = what_if([_run(f"r{i}", [i] * 8, i) for i in range(8)], rule)
    by_run = {s.run: s.decision for s in found.stopped}
    assert by_run["r7"].band == 1
    assert "r0" not in by_run
    assert all(decision.peers < 8 for decision in by_run.values())


def _one_by_one(histories, rule):
    """Replay value by value: slow, and plainly right."""
    progress = {h.run: Progress() for h in histories}
    stopped, rungs = {}, {}
    for iteration in range(max((len(h.values) for h in histories), default=0)):
        for h in sorted(histories, key=lambda h: h.started):
            values = h.values[np.isfinite(h.values)]
            if h.run in stopped or iteration >= len(values):
                continue
            observed = rule.observe(progress[h.run], values[iteration : iteration + 1])
            progress[h.run] = observed.progress
            rungs |= {(h.run, rung.band): rung.value for rung in observed.rungs}
            for s in observed.standings:
                peers = sorted(v for (run, band), v in rungs.items() if band == s.band and run != h.run)
                decision = rule.decide(s, peers)
                if decision.stop and h.run not in stopped:
                    stopped[h.run] = decision
    return stopped


@pytest.mark.parametrize("config", CONFIGS, ids=json.dumps)
@given(
    histories=st.lists(
        st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0, 4.0, math.nan]), max_size=12), min_size=1, max_size=7
    ),
    goal=st.sampled_from(["minimize", "maximize"]),
)
def test_it_agrees_with_a_replay_value_by_value(config, histories, goal):
    runs = [_run(str(i), values, started=i) for i, values in enumerate(histories)]
    rule = rule_of(config, goal)
    assert {s.run: s.decision for s in what_if(runs, rule).stopped} == _one_by_one(runs, rule)
