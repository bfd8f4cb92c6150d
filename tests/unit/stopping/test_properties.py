"""What holds for every rule, whatever the runs: order, batches, mirrors, noise of NaN."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.stopping.decide import RULES, rule_of
from sweeps_app.stopping.rule import Progress, Standing
from tests.unit.stopping.replay import Board

CONFIGS = [
    {"type": "hyperband", "min_iter": 1, "eta": 2},
    {"type": "hyperband", "min_iter": 1, "eta": 2, "strict": False},
    {"type": "hyperband", "max_iter": 20, "s": 3, "eta": 2.5},
    {"type": "asha", "min_iter": 1, "eta": 2},
    {"type": "median", "min_runs": 1},
    {"type": "patience", "patience": 2, "min_delta": 0.25},
]
every_rule = pytest.mark.parametrize("config", CONFIGS, ids=json.dumps)
with_bands = pytest.mark.parametrize("config", CONFIGS[:-1], ids=json.dumps)
goals = st.sampled_from(["minimize", "maximize"])
finite = st.floats(allow_nan=False, allow_infinity=False)
values = st.lists(st.floats() | st.sampled_from([0.0, 1.0, 2.0]), min_size=1, max_size=30)
peers = st.lists(finite | st.sampled_from([0.0, 1.0, 2.0]), max_size=12).map(sorted)


def _standing(value, band=1):
    return Standing(Progress(count=band, last=value, best=value, band=band, rung=value), value, band, value)


def test_the_examples_are_of_every_rule():
    assert {config["type"] for config in CONFIGS} == set(RULES)


@every_rule
@given(logged=values, goal=goals, data=st.data())
def test_batches_do_not_matter(config, logged, goal, data):
    rule = rule_of(config, goal)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(logged)), max_size=5)))
    array = np.array(logged)
    whole = rule.observe(Progress(), array)
    progress, rungs = Progress(), ()
    for batch in np.split(array, cuts):
        observed = rule.observe(progress, batch)
        progress, rungs = observed.progress, rungs + observed.rungs
    assert (progress, rungs) == (whole.progress, whole.rungs)


@every_rule
@given(logged=values, goal=goals)
def test_progress_is_json(config, logged, goal):
    progress = rule_of(config, goal).observe(Progress(), np.array(logged)).progress
    text = json.dumps(asdict(progress), allow_nan=False)
    assert Progress(**json.loads(text)) == progress


@every_rule
@given(histories=st.lists(values, min_size=1, max_size=6))
def test_maximize_mirrors_minimize(config, histories):
    least, most = Board(rule_of(config, "minimize")), Board(rule_of(config, "maximize"))
    for run, logged in enumerate(histories):
        ours = least.log(run, *logged)
        mirrored = most.log(run, *(-value for value in logged))
        assert [(d.stop, d.band, d.iteration, d.peers) for d in ours] == [
            (d.stop, d.band, d.iteration, d.peers) for d in mirrored
        ]
        assert [d.threshold for d in ours] == [None if d.threshold is None else -d.threshold for d in mirrored]


@every_rule
@given(histories=st.lists(st.lists(st.floats(), min_size=1, max_size=10), min_size=2, max_size=5), goal=goals)
def test_decisions_are_finite_whatever_is_logged(config, histories, goal):
    board = Board(rule_of(config, goal))
    for run, logged in enumerate(histories):
        for decision in board.log(run, *logged):
            json.dumps(asdict(decision), allow_nan=False)
            assert len(decision.reason) <= 500


@with_bands
@given(others=peers, pair=st.tuples(finite, finite), goal=goals)
def test_a_worse_value_never_survives_where_a_better_one_is_stopped(config, others, pair, goal):
    better, worse = sorted(pair, reverse=goal == "maximize")
    rule = rule_of(config, goal)
    array = np.array(others)
    assert rule.decide(_standing(better), array).stop <= rule.decide(_standing(worse), array).stop


@pytest.mark.parametrize("config", CONFIGS[:4], ids=json.dumps)
@given(others=peers, goal=goals)
def test_the_best_run_at_a_band_is_never_stopped(config, others, goal):
    best = (min if goal == "minimize" else max)([*others, 1.0])
    assert not rule_of(config, goal).decide(_standing(best), np.array(others)).stop


@given(others=st.lists(finite, min_size=1, max_size=20).map(sorted), own=finite, eta=st.sampled_from([2, 2.5, 3, 10]))
def test_thresholds_are_the_order_statistics_of_all_runs(others, own, eta):
    everyone = sorted([*others, own])
    hyperband = rule_of({"type": "hyperband", "min_iter": 1, "eta": eta}, "minimize")
    assert hyperband.decide(_standing(own), others).threshold == everyone[int(len(everyone) / eta)]
    asha = rule_of({"type": "asha", "eta": eta}, "minimize")
    assert asha.decide(_standing(own), others).threshold == everyone[max(1, int(len(everyone) / eta)) - 1]


@given(others=st.lists(st.floats(-1e300, 1e300), min_size=3, max_size=20).map(sorted), own=finite)
def test_the_median_is_that_of_the_others(others, own):
    decision = rule_of({"type": "median"}, "minimize").decide(_standing(own), others)
    assert decision.threshold == pytest.approx(float(np.median(others)))


@with_bands
def test_a_decision_reads_three_peers_at_most(config):
    class Counted(list):
        read = 0

        def __getitem__(self, index):
            Counted.read += 1
            return super().__getitem__(index)

    rule_of(config, "minimize").decide(_standing(5.0), Counted(range(100_000)))
    assert 1 <= Counted.read <= 3
