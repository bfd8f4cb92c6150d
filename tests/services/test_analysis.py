"""Importance as services ask for it, compute it and keep it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app.errors import InvalidInput
from sweeps_app.models import AnalysisResult, Project, Run
from sweeps_app.query.selection import read_selection
from sweeps_app.selectors import analysed_runs as selector
from sweeps_app.selectors.analysed_runs import target_names
from sweeps_app.selectors.versions import sweep_page_version
from sweeps_app.services import analysis
from sweeps_app.services.analysis import LOST_AFTER, importance_compute, importance_of
from tests.dashboard.world import CONFIG
from tests.factories import make_sweep, make_user

pytestmark = pytest.mark.django_db

SEVERAL = {name: value for name, value in CONFIG.items() if name != "metric"} | {
    "metrics": [{"name": "loss"}, {"name": "size", "goal": "minimize"}]
}


@pytest.fixture
def sweep():
    return make_sweep(make_user(), CONFIG)


def _add(sweep, count, *, state=Run.State.FINISHED, summary=None):
    """Add runs whose loss is the learning rate and whose size is 1 or 2 by the optimizer."""
    for i in range(count):
        config = {"lr": (i + 1) / 100, "optimizer": ("adam", "sgd")[i % 2], "epochs": 30}
        found = {"loss": (i + 1) / 100, "size": 1 + i % 2, "name": "text"} if summary is None else summary
        loss = found.get("loss") if sweep.metric_name else None
        change = Project.next_cursor(sweep.project_id)
        Run.objects.create(
            project=sweep.project, sweep=sweep, state=state, config=config, summary=found, objective=loss, change=change
        )


def _found(sweep, target=""):
    importance_compute(sweep_id=sweep.pk, target=target)
    return importance_of(sweep=sweep, target=target)


@pytest.mark.parametrize(("target", "first"), [("", "lr"), ("loss", "lr"), ("size", "optimizer")])
def test_any_metric_can_be_the_target(sweep, target, first):
    _add(sweep, 30)
    found = _found(sweep, target)
    assert (found.target, found.is_fresh) == (target or "loss", True)
    assert (found.importance.rows[0].parameter, found.importance.runs) == (first, 30)


def test_each_metric_has_an_answer_of_its_own(sweep, sent_tasks, django_capture_on_commit_callbacks):
    _add(sweep, 30)
    with django_capture_on_commit_callbacks(execute=True):
        importance_of(sweep=sweep)
        importance_of(sweep=sweep, target="size")
        importance_of(sweep=sweep, target="size")
    assert [kwargs["target"] for _, kwargs in sent_tasks] == ["loss", "size"]
    before = sweep_page_version(sweep)
    importance_compute(sweep_id=sweep.pk, target="loss")
    between = sweep_page_version(sweep)
    importance_compute(sweep_id=sweep.pk, target="size")
    assert len({str(version) for version in (before, between, sweep_page_version(sweep))}) == 3
    assert importance_of(sweep=sweep).importance != importance_of(sweep=sweep, target="size").importance


def test_an_unknown_metric_is_refused_with_the_nearest(sweep):
    _add(sweep, 3)
    for target, hint in [("los", "did you mean 'loss'"), ("xyz", "there are loss, size"), ('a"b', "there are")]:
        with pytest.raises(InvalidInput, match=hint) as caught:
            importance_of(sweep=sweep, target=target)
        assert caught.value.problems[0].field == "metric"
    assert not AnalysisResult.objects.exists()


def test_a_sweep_of_several_metrics_begins_with_the_first_and_takes_each():
    sweep = make_sweep(make_user(), SEVERAL)
    _add(sweep, 30)
    assert target_names(sweep) == ["loss", "size"]
    assert _found(sweep).importance.rows[0].parameter == "lr"
    assert _found(sweep, "size").importance.rows[0].parameter == "optimizer"


def test_a_sweep_without_a_metric_can_be_asked_about_what_was_logged():
    config = {name: value for name, value in CONFIG.items() if name != "metric"}
    sweep = make_sweep(make_user(), config)
    _add(sweep, 30)
    nothing = importance_of(sweep=sweep)
    assert (nothing.is_fresh, nothing.importance.rows) == (True, ())
    assert "names no metric" in nothing.importance.warning
    importance_compute(sweep_id=sweep.pk)
    assert not AnalysisResult.objects.exists()
    assert _found(sweep, "loss").importance.rows[0].parameter == "lr"


def test_what_is_counted_and_what_is_not_is_said(sweep):
    _add(sweep, 20)
    _add(sweep, 2, state=Run.State.STOPPED_EARLY)
    _add(sweep, 1, summary={"loss": None})
    _add(sweep, 4, state=Run.State.FAILED)
    _add(sweep, 5, state=Run.State.RUNNING)
    found = _found(sweep).importance
    assert found.runs == 22
    assert found.constant == ("epochs",)
    text = " ".join(found.notes)
    assert "2 runs were stopped before the end" in text
    assert "1 run ended without a finite value" in text
    assert re.search("4 runs failed, .* this is not seen here", text)


def test_of_very_many_runs_a_sample_is_taken_and_said(sweep, monkeypatch):
    monkeypatch.setattr(selector, "MAX_RUNS", 20)
    _add(sweep, 60)
    found = _found(sweep).importance
    assert found.runs == 20
    assert "A sample of 20 of 60 ended runs." in found.notes


def test_a_search_that_seeks_says_that_it_does():
    sweep = make_sweep(make_user(), CONFIG | {"method": "tpe"})
    _add(sweep, 30)
    assert any(note.startswith("tpe has tried promising regions more often") for note in _found(sweep).importance.notes)


def test_a_failure_is_news_and_an_unfinished_run_is_not(sweep):
    _add(sweep, 12)
    _found(sweep)
    _add(sweep, 1, state=Run.State.RUNNING)
    assert importance_of(sweep=sweep).is_fresh
    _add(sweep, 1, state=Run.State.FAILED)
    assert not importance_of(sweep=sweep).is_fresh


def test_an_answer_in_hand_is_shown_while_a_newer_one_is_made(sweep, sent_tasks, django_capture_on_commit_callbacks):
    _add(sweep, 12)
    _found(sweep)
    _add(sweep, 12)
    result = AnalysisResult.objects.filter(sweep=sweep)
    now = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        stale = importance_of(sweep=sweep)
        importance_of(sweep=sweep)
    assert (stale.is_fresh, stale.importance.runs, len(sent_tasks)) == (False, 12, 1)
    result.update(requested_at=now - LOST_AFTER - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        importance_of(sweep=sweep)
    assert len(sent_tasks) == 2
    importance_compute(sweep_id=sweep.pk, target="loss")
    assert importance_of(sweep=sweep).importance.runs == 24


def test_computing_again_changes_nothing(sweep):
    _add(sweep, 12)
    _found(sweep)
    (first,) = AnalysisResult.objects.values("computed_at", "result")
    importance_compute(sweep_id=sweep.pk)
    assert [first] == list(AnalysisResult.objects.values("computed_at", "result"))
    importance_compute(sweep_id=0)


def _lr_up_to(most):
    return read_selection(f'[{{"number": "config.lr", "in": [[null, {most}]]}}]')


def test_selected_runs_have_an_answer_of_their_own(sweep, sent_tasks, django_capture_on_commit_callbacks):
    _add(sweep, 40)
    _found(sweep)
    low, version = _lr_up_to(0.2), sweep_page_version(sweep)
    with django_capture_on_commit_callbacks(execute=True):
        waiting = [importance_of(sweep=sweep, selection=low) for _ in range(2)]
    assert [state.importance for state in waiting] == [None, None]
    ((_, asked),) = sent_tasks
    assert read_selection(asked["selection"]) == low
    importance_compute(**asked)
    found = importance_of(sweep=sweep, selection=low)
    assert (found.is_fresh, found.importance.runs) == (True, 20)
    assert importance_of(sweep=sweep).importance.runs == 40
    assert sweep_page_version(sweep) == version
    assert sweep_page_version(sweep, selection_digest=low.digest) != version


def test_too_few_selected_runs_are_told_at_once(sweep, sent_tasks, django_capture_on_commit_callbacks):
    _add(sweep, 40)
    with django_capture_on_commit_callbacks(execute=True):
        found = importance_of(sweep=sweep, selection=_lr_up_to(0.05))
    assert (found.is_fresh, found.importance.rows, found.importance.runs) == (True, (), 5)
    assert "A ranking needs 10 ended runs" in found.importance.warning
    assert not sent_tasks


def test_brushing_fills_neither_the_workers_nor_the_database(
    sweep, sent_tasks, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(analysis, "MAX_SELECTIONS", 4)
    _add(sweep, 40)
    brushes = [_lr_up_to(most / 100) for most in range(20, 30)]
    with django_capture_on_commit_callbacks(execute=True):
        for brush in brushes:
            importance_of(sweep=sweep, selection=brush)
    assert len(sent_tasks) == analysis.MAX_UNDER_WAY
    for brush in brushes:
        with django_capture_on_commit_callbacks(execute=True):
            importance_of(sweep=sweep, selection=brush)
        while sent_tasks:
            importance_compute(**sent_tasks.pop()[1])
    assert AnalysisResult.objects.exclude(selection_digest="").count() == 4
    assert importance_of(sweep=sweep, selection=brushes[-1]).importance.runs == 29


def test_runs_selected_by_their_result_are_said_to_be(sweep):
    _add(sweep, 40)
    best = '[{"number": "objective", "in": [[null, 0.3]]}]'
    importance_compute(sweep_id=sweep.pk, selection=best)
    notes = importance_of(sweep=sweep, selection=read_selection(best)).importance.notes
    assert any("selected by loss itself" in note for note in notes)
    importance_compute(sweep_id=sweep.pk, target="size", selection=best)
    notes = importance_of(sweep=sweep, target="size", selection=read_selection(best)).importance.notes
    assert not any("selected by" in note for note in notes)


def test_hidden_runs_are_left_out_as_in_all_charts(sweep):
    _add(sweep, 30)
    hidden = list(Run.objects.filter(sweep=sweep).values_list("pk", flat=True)[:4])
    Run.objects.filter(pk__in=hidden).update(is_hidden=True)
    found = _found(sweep).importance
    assert found.runs == 26
    assert "4 hidden runs are left out." in found.notes
