import math
from datetime import timedelta

import pytest
from django.utils import timezone

from sweeps_app.errors import Conflict, InvalidInput, NotFound, OffsetGap
from sweeps_app.models import HistoryChunk, Run, RunMetric
from sweeps_app.selectors.history import Part, history_page, run_curve
from sweeps_app.selectors.run_scope import project_scope
from sweeps_app.selectors.runs import RunQuery, run_page
from sweeps_app.selectors.sweeps import best_run, sweep_figures
from sweeps_app.services.ingest import history_append
from sweeps_app.services.runs import RunDetails, run_finish, run_heartbeat, run_start, run_update
from tests.factories import RANDOM_CONFIG, ask, make_agent, make_run, make_sweep, make_user, start

pytestmark = pytest.mark.django_db


def test_rows_come_back_exactly_and_resends_are_stored_once():
    run = make_run(make_user())
    rows = [{"_step": i, "loss": 1 / (i + 1), "n": i} for i in range(10)]
    assert history_append(run=run, offset=0, rows=rows[:4]).rows == 4
    assert history_append(run=run, offset=0, rows=rows[:4]).rows == 4
    assert history_append(run=run, offset=2, rows=rows[2:]).rows == 10
    assert history_page(run, limit=100).rows == rows
    assert list(HistoryChunk.objects.filter(run=run).values_list("first_row", "rows")) == [(0, 4), (4, 6)]
    metric = RunMetric.objects.get(run=run, name="loss")
    assert (metric.count, metric.last, metric.minimum, metric.maximum) == (10, 0.1, 0.1, 1.0)
    curve = run_curve(run, "loss")
    assert curve.steps.tolist() == list(range(10))
    assert curve.values.tolist() == [row["loss"] for row in rows]


def test_a_gap_is_refused_with_the_expected_offset():
    run = make_run(make_user())
    with pytest.raises(OffsetGap) as error:
        history_append(run=run, offset=5, rows=[{"loss": 1}])
    assert error.value.expected == 0
    assert not HistoryChunk.objects.filter(run=run).exists()


def test_a_wrong_row_is_named_and_nothing_of_its_batch_is_stored():
    run = make_run(make_user())
    with pytest.raises(InvalidInput) as error:
        history_append(run=run, offset=0, rows=[{"loss": 1}, {"_step": "two"}])
    assert error.value.problems[0].field == "rows[1]._step"
    run.refresh_from_db()
    assert (run.history_rows, run.summary) == (0, {})


def test_non_finite_numbers_are_kept_and_shown_as_words():
    run = make_run(make_user())
    rows = [{"loss": math.nan}, {"loss": math.inf}, {"loss": -math.inf}, {"loss": "NaN"}]
    history_append(run=run, offset=0, rows=rows)
    shown = [row["loss"] for row in history_page(run).rows]
    assert shown == ["NaN", "Infinity", "-Infinity", "NaN"]
    run.refresh_from_db()
    assert run.summary["loss"] == "NaN"
    assert RunMetric.objects.get(run=run).last is None


def test_the_summary_holds_the_last_values_unless_the_client_set_them():
    run = make_run(make_user())
    history_append(run=run, offset=0, rows=[{"loss": 2, "deep": {"acc": 0.5}}], summary={"best": 9})
    history_append(run=run, offset=1, rows=[{"loss": 1, "best": 3}])
    run.refresh_from_db()
    assert run.summary == {"loss": 1, "deep.acc": 0.5, "best": 9}


def test_history_is_read_by_step_by_metric_and_by_page():
    run = make_run(make_user())
    for offset in range(0, 30, 10):
        rows = [{"_step": s, "a": s} | ({"b": s} if s % 2 else {}) for s in range(offset, offset + 10)]
        history_append(run=run, offset=offset, rows=rows)
    run.refresh_from_db()
    assert [r["_step"] for r in history_page(run, part=Part(min_step=8, max_step=12)).rows] == [8, 9, 10, 11, 12]
    assert [r["b"] for r in history_page(run, part=Part(["b"], max_step=5)).rows] == [1, 3, 5]
    first = history_page(run, limit=12)
    assert (len(first.rows), first.next_after, first.total) == (12, 11, 30)
    rest = history_page(run, after=first.next_after, limit=100)
    assert [r["a"] for r in rest.rows] == list(range(12, 30))
    assert rest.next_after is None


def test_a_finished_run_still_takes_late_rows_but_keeps_its_state():
    run = make_run(make_user())
    run_finish(run=run, exit_code=0)
    history_append(run=run, offset=0, rows=[{"loss": 1}])
    run.refresh_from_db()
    assert (run.state, run.history_rows) == ("finished", 1)


def test_the_first_end_counts_and_a_crash_is_corrected_by_the_client():
    user = make_user()
    run = make_run(user)
    assert run_finish(run=run, exit_code=0).state == "finished"
    assert run_finish(run=run, exit_code=1).state == "finished"
    silent = make_run(user)
    Run.objects.filter(pk=silent.pk).update(state="crashed")
    assert run_finish(run=silent, exit_code=0).state == "finished"


def test_starting_a_run_again_changes_nothing_and_an_ended_one_is_refused():
    user = make_user()
    first, created = run_start(user=user, run_id="mine", details=RunDetails(config={"a": 1}))
    again, created_again = run_start(user=user, run_id="mine", details=RunDetails(config={"a": 1}))
    assert (created, created_again, first.pk) == (True, False, again.pk)
    assert first.project.name == "uncategorized"
    run_finish(run=first, exit_code=0)
    with pytest.raises(Conflict, match="has ended"):
        run_start(user=user, run_id="mine", details=RunDetails())


def test_config_and_summary_are_merged_by_key():
    run = make_run(make_user(), config={"a": 1, "b": 2})
    run_update(run=run, details=RunDetails(config={"b": 3}, summary={"x": {"y": 1}}))
    run.refresh_from_db()
    assert run.config == {"a": 1, "b": 3}
    assert run.summary == {"x.y": 1}


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_that_a_database_cannot_hold_is_refused(text):
    run = make_run(make_user())
    with pytest.raises(InvalidInput, match="cannot be stored"):
        run_update(run=run, details=RunDetails(config={"k": text}))


def test_tables_sort_by_numbers_then_text_with_missing_values_last():
    user = make_user()
    values = [3, None, "text", 1.5, True, 20]
    runs = [make_run(user, config={"opt": {"k": v}} if v is not None else {}, name=str(v)) for v in values]
    page = run_page(project_scope(runs[0].project), RunQuery(sort="config.opt.k"))
    assert [r.name for r in page.runs] == ["1.5", "3", "20", "text", "True", "None"]
    page = run_page(project_scope(runs[0].project), RunQuery(sort="-config.opt.k"))
    assert [r.name for r in page.runs][:3] == ["20", "3", "1.5"]
    assert page.runs[-1].name == "None"


def test_tables_filter_and_page():
    user = make_user()
    runs = [make_run(user, name=f"run {i:02d}") for i in range(25)]
    run_finish(run=runs[3], exit_code=0)
    project = project_scope(runs[0].project)
    page = run_page(project, RunQuery(sort="name", page=2, page_size=10))
    assert [r.name for r in page.runs] == [f"run {i:02d}" for i in range(10, 20)]
    assert (page.count, page.total, page.pages) == (25, 25, 3)
    assert run_page(project, RunQuery(page=99, page_size=10)).page == 3
    found = run_page(project, RunQuery(text="RUN 1"))
    assert (found.count, found.total) == (10, 25)
    assert [r.name for r in run_page(project, RunQuery(state="finished")).runs] == ["run 03"]
    with pytest.raises(InvalidInput, match="no column"):
        run_page(project, RunQuery(sort="password"))
    with pytest.raises(InvalidInput, match="not one of"):
        run_page(project, RunQuery(state="done"))


@pytest.mark.parametrize(("goal", "best"), [("minimize", 1.0), ("maximize", 3.0)])
def test_the_best_run_follows_the_goal_and_leaves_out_failures(goal, best):
    user = make_user()
    sweep = make_sweep(user, RANDOM_CONFIG | {"metric": {"name": "loss", "goal": goal}})
    agent = make_agent(user, sweep)
    for value, code in [(2.0, 0), (1.0, 0), (3.0, 0), (-9.0, 1), (99.0, 1), (math.nan, 0)]:
        run = start(user, ask(agent))
        history_append(run=run, offset=0, rows=[{"loss": value}])
        run_finish(run=run, exit_code=code)
    assert best_run(sweep).objective == best
    figures = sweep_figures([sweep])[sweep.pk]
    assert (figures.run_counts, figures.best.objective) == ({"finished": 4, "failed": 2}, best)


@pytest.mark.parametrize(
    ("silent", "timeout", "is_written"), [(1.0, 300, False), (11.0, 300, True), (1.0, 10, True), (-5.0, 300, True)]
)
def test_a_sign_of_life_is_written_unless_there_was_one_a_moment_ago(settings, silent, timeout, is_written):
    settings.RUN_TIMEOUT_SECONDS = timeout
    run = make_run(make_user())
    before = run.heartbeat_at = timezone.now() - timedelta(seconds=silent)
    run.save(update_fields=["heartbeat_at"])
    assert run_heartbeat(run=run) is False
    assert (Run.objects.get().heartbeat_at != before) == is_written


def test_a_sign_of_life_of_a_run_that_is_deleted_is_refused():
    run = make_run(make_user())
    Run.everything.filter(pk=run.pk).update(deleted_at=timezone.now())
    with pytest.raises(NotFound):
        run_heartbeat(run=run)
