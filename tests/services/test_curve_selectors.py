import numpy as np
import pytest

from sweeps_app.analysis.run_choice import RunChoice
from sweeps_app.models import Run
from sweeps_app.query.columns import Column
from sweeps_app.selectors.curves import Across, curve_names, run_curve, run_metric_names, sweep_curves
from sweeps_app.services.ingest import history_append
from tests.factories import ask, make_agent, make_run, make_sweep, make_user, start

pytestmark = pytest.mark.django_db
ALL = RunChoice("spread", 100)


@pytest.fixture
def sweep():
    """A sweep with a run that logs times and epochs, and one that logs its loss alone, in the interface's own rows."""
    user = make_user()
    sweep = make_sweep(user)
    agent = make_agent(user, sweep)
    first, second = (start(user, ask(agent)) for _ in range(2))
    rows = [{"loss": 9.0 - step, "_timestamp": 1000.0 + 10 * step, "epoch": step // 2} for step in range(6)]
    history_append(run=first, offset=0, rows=[*rows, {"other": 1.0}])
    history_append(run=second, offset=0, rows=[{"loss": 1.0}])
    return sweep


def _shown(found):
    return [(curve.x.tolist(), curve.values.tolist()) for curve in found.curves]


def test_curves_are_drawn_over_steps_times_and_other_metrics(sweep):
    by_step = sweep_curves(sweep, "loss", choice=ALL)
    assert _shown(by_step) == [([0, 1, 2, 3, 4, 5], [9, 8, 7, 6, 5, 4]), ([0], [1])]
    by_time = sweep_curves(sweep, "loss", choice=ALL, across=Across("time"))
    assert _shown(by_time)[0][0] == [1000, 1010, 1020, 1030, 1040, 1050]
    since = sweep_curves(sweep, "loss", choice=ALL, across=Across("relative"))
    assert _shown(since)[0][0] == [0, 10, 20, 30, 40, 50]
    by_epoch = sweep_curves(sweep, "loss", choice=ALL, across=Across("metric", "epoch"))
    assert (_shown(by_epoch), by_epoch.placeless) == ([([0, 0, 1, 1, 2, 2], [9, 8, 7, 6, 5, 4])], 1)


def test_runs_are_grouped_hidden_and_left_out(sweep):
    found = sweep_curves(sweep, "loss", choice=ALL, group=Column("config", "layers"))
    configs = list(Run.objects.order_by("pk").values_list("config", flat=True))
    assert list(found.grouped) == [config["layers"] for config in configs]
    first = Run.objects.order_by("pk").first()
    assert len(sweep_curves(sweep, "loss", choice=ALL, among=Run.objects.filter(pk=first.pk)).curves) == 1
    Run.objects.filter(pk=first.pk).update(is_hidden=True)
    found = sweep_curves(sweep, "loss", choice=ALL)
    assert (len(found.curves), found.total, found.hidden) == (1, 2, 1)


def test_names_to_choose_from(sweep):
    names = curve_names(sweep)
    assert names.metrics == ["epoch", "loss", "other"]
    assert sorted(names.config) == ["layers", "lr"]


def test_a_run_has_its_metrics_by_groups_in_natural_order():
    run = make_run(make_user())
    names = ["val/b", "train/layer.10", "train/layer.9", "z", "a"]
    history_append(run=run, offset=0, rows=[dict.fromkeys(names, 1.0) | {"text": "x"}])
    assert run_metric_names(run) == ["a", "z", "train/layer.9", "train/layer.10", "val/b"]
    assert run_metric_names(run, "LAYER") == ["train/layer.9", "train/layer.10"]
    assert run_curve(run, "nothing") is None
    assert run_curve(run, "a", Across("metric", "nothing")) is None
    np.testing.assert_array_equal(run_curve(run, "a", Across("metric", "z")).curve.x, [1.0])
