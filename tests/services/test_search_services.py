"""Suggestions ahead, results, replay, edited and posted sweeps, on a method that learns."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sweeps_app.errors import Conflict, InvalidInput
from sweeps_app.models import Result, Run, Suggestion, Sweep
from sweeps_app.selectors.trial_log import ended_trials
from sweeps_app.services.editing import sweep_edit
from sweeps_app.services.ingest import history_append
from sweeps_app.services.posting import Posted, suggestions_post
from sweeps_app.services.prepare import suggestions_prepare
from sweeps_app.services.reconcile import reconcile
from sweeps_app.services.runs import RunDetails, run_finish, run_update
from sweeps_app.services.suggestions import suggestion_claim
from sweeps_app.services.sweeps import sweep_control
from tests.factories import ask, make_agent, make_sweep, make_user, start

pytestmark = pytest.mark.django_db

LEARNING = {
    "method": "tpe",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"x": {"min": -1.0, "max": 1.0}, "kind": {"values": ["a", "b"]}},
    "seed": 3,
}
GRID = {"method": "grid", "metric": {"name": "loss"}, "parameters": {"x": {"values": [1, 2, 3, 4]}, "y": {"value": 0}}}
CUSTOM = LEARNING | {"method": "custom"}


def _learned(user, agent, exit_code=0):
    """Run one configuration to its end."""
    run = start(user, ask(agent))
    history_append(run=run, offset=0, rows=[{"loss": run.config["x"] ** 2}])
    return run_finish(run=run, exit_code=exit_code)


def _prepared(sweep):
    return list(sweep.suggestions.filter(state="prepared").order_by("number"))


def test_each_ended_run_becomes_one_result_in_order():
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agent = make_agent(user, sweep)
    good, bad = _learned(user, agent), _learned(user, agent, exit_code=1)
    run_finish(run=good, exit_code=0)
    found = list(Result.objects.filter(sweep=sweep).values_list("number", "run", "state", "values"))
    assert found == [
        (0, good.pk, "finished", [good.config["x"] ** 2]),
        (1, bad.pk, "failed", [bad.config["x"] ** 2]),
    ]


def test_a_corrected_outcome_is_a_second_result_and_the_first_stays():
    user = make_user()
    sweep = make_sweep(user, LEARNING | {"retry": {"on_lost": False}})
    run = start(user, ask(make_agent(user, sweep)))
    history_append(run=run, offset=0, rows=[{"loss": 1.0}])
    run.refresh_from_db()
    reconcile(now=run.heartbeat_at + timedelta(seconds=301))
    run_finish(run=run, exit_code=0)
    run_update(run=run, details=RunDetails(summary={"loss": 0.5}))
    states = list(Result.objects.filter(sweep=sweep).values_list("state", "values"))
    assert states == [("failed", [1.0]), ("finished", [1.0]), ("finished", [0.5])]


@pytest.mark.parametrize(("exit_code", "state"), [(0, "finished"), (1, "failed")])
def test_rows_that_come_after_the_end_correct_the_result_as_they_do_the_objective(exit_code, state, sent_tasks):
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    run = start(user, ask(make_agent(user, sweep)))
    history_append(run=run, offset=0, rows=[{"loss": 1.0}])
    run_finish(run=run, exit_code=exit_code)
    for offset, row in ((1, {"loss": 0.25}), (1, {"loss": 0.25}), (2, {"other": 3.0})):
        history_append(run=run, offset=offset, rows=[row])
    history_append(run=run, offset=3, rows=[], summary={"loss": 0.125})
    run.refresh_from_db()
    assert run.objective == 0.125
    results = list(Result.objects.filter(sweep=sweep).values_list("state", "values"))
    assert results == [(state, [1.0]), (state, [0.25]), (state, [0.125])]
    assert Sweep.objects.get().result_count == 3


def test_a_worker_prepares_one_suggestion_for_each_agent_and_agents_get_them_first(sent_tasks):
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agents = [make_agent(user, sweep) for _ in range(3)]
    assert suggestions_prepare(sweep_id=sweep.pk) == 3
    assert suggestions_prepare(sweep_id=sweep.pk) == 0
    prepared = _prepared(sweep)
    assert [s.number for s in prepared] == [0, 1, 2]
    assert [s.basis["pending"] for s in prepared] == [[], [0], [0, 1]]
    assert ask(agents[0]).suggestion == prepared[0]
    assert ask(agents[2]).suggestion == prepared[1]


def test_a_result_makes_prepared_suggestions_stale_and_rings(sent_tasks, django_capture_on_commit_callbacks):
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agent = make_agent(user, sweep)
    suggestions_prepare(sweep_id=sweep.pk)
    with django_capture_on_commit_callbacks(execute=True):
        _learned(user, agent)
    assert ("sweeps_app.tasks.prepare_suggestions", {"sweep_id": sweep.pk}) in sent_tasks
    old = {s.pk for s in _prepared(sweep)}
    suggestions_prepare(sweep_id=sweep.pk)
    fresh = _prepared(sweep)
    assert len(fresh) == 2
    assert not old & {s.pk for s in fresh}
    assert {s.basis["results"] for s in fresh} == {1}
    assert Suggestion.objects.filter(pk__in=old, state="dropped").count() == len(old)


def test_the_best_informed_suggestion_is_handed_out_first_and_the_others_are_a_reserve():
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agents = [make_agent(user, sweep) for _ in range(8)]
    assert suggestions_prepare(sweep_id=sweep.pk) == 8
    running = ask(agents[0])
    suggestions_prepare(sweep_id=sweep.pk)
    run_finish(run=start(user, running), exit_code=0)
    assert suggestions_prepare(sweep_id=sweep.pk) == 2
    informed = [s.basis["results"] for s in _prepared(sweep)]
    assert sorted(informed) == [0] * 6 + [1] * 2
    assert [ask(agent).suggestion.basis["results"] for agent in agents] == [1] * 2 + [0] * 6


def test_a_suggestion_replaces_one_it_did_not_know_of_and_stays_apart_from_the_others():
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agents = [make_agent(user, sweep) for _ in range(6)]
    suggestions_prepare(sweep_id=sweep.pk)
    run_finish(run=start(user, ask(agents[0])), exit_code=0)
    kept = {s.number for s in _prepared(sweep)}
    suggestions_prepare(sweep_id=sweep.pk)
    dropped = set(sweep.suggestions.filter(state="dropped").values_list("number", flat=True))
    assert len(dropped) == 1
    for suggestion in _prepared(sweep):
        if suggestion.basis["results"] == 1:
            assert not dropped & set(suggestion.basis["pending"])
            assert kept - dropped <= set(suggestion.basis["pending"])


def test_reserves_that_are_far_behind_are_made_anew():
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agents = [make_agent(user, sweep) for _ in range(6)]
    suggestions_prepare(sweep_id=sweep.pk)
    Sweep.objects.filter(pk=sweep.pk).update(result_count=7)
    suggestions_prepare(sweep_id=sweep.pk)
    assert {s.basis["results"] for s in _prepared(sweep)} == {7}
    assert len(agents) == len(_prepared(sweep))


def test_a_bell_is_rung_once_until_a_worker_answers(sent_tasks, django_capture_on_commit_callbacks):
    user = make_user()
    with django_capture_on_commit_callbacks(execute=True):
        sweep = make_sweep(user, LEARNING)
        agent = make_agent(user, sweep)
        ask(agent), ask(agent)
    bell = ("sweeps_app.tasks.prepare_suggestions", {"sweep_id": sweep.pk})
    assert sent_tasks.count(bell) == 1
    suggestions_prepare(sweep_id=sweep.pk)
    with django_capture_on_commit_callbacks(execute=True):
        ask(agent)
    assert sent_tasks.count(bell) == 2


def test_agents_wait_for_a_worker_that_was_rung_for_a_moment_only(monkeypatch):
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agent = make_agent(user, sweep)
    monkeypatch.setattr("sweeps_app.services.suggestions.GRACE", timedelta(seconds=60))
    waiting = suggestion_claim(agent=agent, request_id="a")
    assert (waiting.command, waiting.reason) == ("wait", "the next configurations are being computed")
    Sweep.objects.filter(pk=sweep.pk).update(rung_at=timezone.now() - timedelta(seconds=61))
    monkeypatch.setattr("sweeps_app.services.bell.RING_AGAIN", timedelta(seconds=90))
    assert suggestion_claim(agent=agent, request_id="a").command == "run"


def test_a_worker_ends_a_sweep_whose_space_is_used_up(monkeypatch):
    monkeypatch.setattr("sweeps_app.services.suggestions.GRACE", timedelta(seconds=60))
    user = make_user()
    sweep = make_sweep(user, LEARNING | {"parameters": {"x": {"values": [1, 2, 3]}, "kind": {"value": "a"}}})
    agent = make_agent(user, sweep)
    for _ in range(3):
        suggestions_prepare(sweep_id=sweep.pk)
        run = start(user, ask(agent))
    suggestions_prepare(sweep_id=sweep.pk)
    answer = suggestion_claim(agent=agent, request_id="end")
    assert (answer.command, answer.reason) == ("exit", "the sweep has no configurations left")
    sweep.refresh_from_db()
    assert sweep.state == "RUNNING"
    for run in Run.objects.filter(sweep=sweep):
        run_finish(run=run, exit_code=0)
    sweep.refresh_from_db()
    assert sweep.state == "FINISHED"


def test_what_a_search_has_read_is_kept_even_when_runs_are_deleted(django_assert_max_num_queries):
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agent = make_agent(user, sweep)
    runs = [_learned(user, agent) for _ in range(4)]
    known = ended_trials(sweep, 3)
    assert sorted(known) == [0, 1, 2]
    assert list(ended_trials(sweep, 4)) == [0, 1, 2, 3]
    with django_assert_max_num_queries(1):
        assert ended_trials(sweep, 4)[0] is known[0]
    assert sorted(ended_trials(sweep, 2)) == [0, 1]
    run_update(run=runs[3], details=RunDetails(summary={"loss": 9.0}))
    assert ended_trials(sweep, 5)[3].values == (9.0,)
    runs[1].delete()
    assert sorted(ended_trials(sweep, 5)) == [0, 1, 2, 3]


def test_while_a_worker_computes_agents_wait_a_moment_but_not_for_a_dead_one():
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agent = make_agent(user, sweep)
    Sweep.objects.filter(pk=sweep.pk).update(preparing_until=timezone.now() + timedelta(seconds=10))
    assert suggestion_claim(agent=agent, request_id="a").command == "wait"
    Sweep.objects.filter(pk=sweep.pk).update(preparing_until=timezone.now() - timedelta(seconds=1))
    assert suggestion_claim(agent=agent, request_id="a").command == "run"


def test_prepared_suggestions_do_not_pass_the_cap():
    user = make_user()
    sweep = make_sweep(user, LEARNING | {"run_cap": 2})
    agent = make_agent(user, sweep)
    assert suggestions_prepare(sweep_id=sweep.pk) == 2
    ask(agent), ask(agent)
    assert suggestions_prepare(sweep_id=sweep.pk) == 0
    assert suggestion_claim(agent=agent, request_id="third").command == "exit"


def test_a_small_discrete_space_is_never_asked_twice_for_a_point_whoever_makes_it():
    user = make_user()
    parameters = {"x": {"values": [1, 2, 3]}, "kind": {"values": ["a", "b"]}}
    sweep = make_sweep(user, LEARNING | {"parameters": parameters})
    agent = make_agent(user, sweep)
    points = []
    for i in range(6):
        if i % 2:
            suggestions_prepare(sweep_id=sweep.pk)
        run = _learned(user, agent)
        points.append((run.config["x"], run.config["kind"]))
    assert len(set(points)) == 6


@pytest.mark.parametrize(("goal", "target", "reached"), [("minimize", 0.5, 0.4), ("maximize", 0.5, 0.6)])
def test_a_reached_target_ends_the_sweep(goal, target, reached):
    user = make_user()
    metric = {"name": "loss", "goal": goal, "target": target}
    sweep = make_sweep(user, LEARNING | {"metric": metric})
    agent = make_agent(user, sweep)
    run = start(user, ask(agent))
    other = start(user, ask(agent))
    history_append(run=run, offset=0, rows=[{"loss": reached}])
    claim = suggestion_claim(agent=agent, request_id="next")
    assert (claim.command, claim.reason) == ("exit", "a run has reached the metric's target")
    run_finish(run=run, exit_code=0)
    sweep.refresh_from_db()
    assert sweep.state == "RUNNING"
    run_finish(run=other, exit_code=0)
    sweep.refresh_from_db()
    assert sweep.state == "FINISHED"


def test_a_whole_sweep_is_made_again_to_the_letter(capsys):
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agent = make_agent(user, sweep)
    for i in range(14):
        if i % 3 == 0:
            suggestions_prepare(sweep_id=sweep.pk)
        _learned(user, agent, exit_code=int(i == 5))
    call_command("sweep_verify", sweep.sweep_id)
    assert capsys.readouterr().out == f"{sweep.sweep_id}: 14 same\n"


def test_verify_says_what_differs_and_why(capsys):
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agent = make_agent(user, sweep)
    runs = [_learned(user, agent) for _ in range(14)]
    changed = runs[3].suggestion
    Suggestion.objects.filter(pk=changed.pk).update(config={"x": 0.123, "kind": "a"})
    with pytest.raises(CommandError, match="differ"):
        call_command("sweep_verify", sweep.sweep_id)
    assert "suggestion 3: no known reason" in capsys.readouterr().out
    Run.objects.filter(pk__in=[run.pk for run in runs[:5]]).delete()
    Suggestion.objects.filter(pk=changed.pk).update(config=changed.config)
    call_command("sweep_verify", sweep.sweep_id)
    assert capsys.readouterr().out == f"{sweep.sweep_id}: 14 same\n"


def test_an_edited_sweep_is_a_new_version_and_uses_earlier_results_where_they_fit(capsys):
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    agent = make_agent(user, sweep)
    for _ in range(12):
        _learned(user, agent)
    suggestions_prepare(sweep_id=sweep.pk)
    narrow = LEARNING | {"parameters": {"x": {"min": 0.0, "max": 0.5}, "kind": {"value": "b"}}, "run_cap": 20}
    edited = sweep_edit(sweep=sweep, user=user, config=narrow).sweep
    assert (edited.version, edited.run_cap) == (2, 20)
    assert _prepared(sweep) == []
    assert sweep_edit(sweep=sweep, user=user, config=narrow).sweep.version == 2
    later = [_learned(user, agent) for _ in range(6)]
    assert all(0 <= run.config["x"] <= 0.5 and run.config["kind"] == "b" for run in later)
    assert {run.suggestion.version for run in later} == {2}
    call_command("sweep_verify", sweep.sweep_id)
    assert "18 same" in capsys.readouterr().out


def test_an_edited_grid_hands_out_what_no_earlier_version_has():
    user = make_user()
    sweep = make_sweep(user, GRID)
    agent = make_agent(user, sweep)
    assert [_learned(user, agent).config["x"] for _ in range(2)] == [1, 2]
    wider = GRID | {"parameters": {"x": {"values": [0, 1, 2, 3]}, "y": {"value": 0}}}
    sweep_edit(sweep=sweep, user=user, config=wider)
    assert [_learned(user, agent).config["x"] for _ in range(2)] == [0, 3]
    assert suggestion_claim(agent=agent, request_id="end").command == "exit"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"method": "random"}, "config.method"),
        ({"metric": {"name": "acc"}}, "config.metric"),
        ({"parameters": {"x": {"value": 1}, "z": {"value": 2}}}, "config.parameters.kind"),
    ],
)
def test_what_would_change_the_meaning_of_earlier_runs_is_refused(change, field):
    user = make_user()
    sweep = make_sweep(user, LEARNING)
    with pytest.raises(InvalidInput) as error:
        sweep_edit(sweep=sweep, user=user, config=LEARNING | change)
    assert field in {problem.field for problem in error.value.problems}
    assert Sweep.objects.get(pk=sweep.pk).version == 1


def test_an_ended_sweep_is_not_edited():
    user = make_user()
    sweep = sweep_control(sweep=make_sweep(user, LEARNING), action="stop")
    with pytest.raises(Conflict, match="STOPPED"):
        sweep_edit(sweep=sweep, user=user, config=LEARNING | {"run_cap": 3})


def test_a_controller_outside_posts_what_agents_run():
    user = make_user()
    sweep = make_sweep(user, CUSTOM)
    agent = make_agent(user, sweep)
    assert suggestion_claim(agent=agent, request_id="early").command == "wait"
    wanted = [Posted("one", {"x": 0.5, "kind": "a"}), Posted("two", {"x": -0.5, "kind": "b"})]
    first = suggestions_post(sweep=sweep, posted=wanted)
    again = suggestions_post(sweep=sweep, posted=wanted, exhausted=True)
    assert [s.pk for s in first] == [s.pk for s in again]
    assert [ask(agent).config["x"], ask(agent).config["x"]] == [0.5, -0.5]
    assert suggestion_claim(agent=agent, request_id="late").command == "exit"
    with pytest.raises(Conflict, match="exhausted"):
        suggestions_post(sweep=sweep, posted=[Posted("three", {"x": 0.0, "kind": "a"})])


def test_a_run_that_ends_does_not_end_a_sweep_in_whose_queue_another_one_waits():
    user = make_user()
    sweep = make_sweep(user, CUSTOM | {"run_cap": 3})
    agent = make_agent(user, sweep)
    posted = [Posted(str(number), {"x": number / 10, "kind": "a"}) for number in range(5)]
    suggestions_post(sweep=sweep, posted=posted, exhausted=True)
    for left in (2, 1, 0):
        run_finish(run=start(user, ask(agent)), exit_code=0)
        reconcile(now=timezone.now())
        assert Sweep.objects.get().state == (Sweep.State.RUNNING if left else Sweep.State.FINISHED)


def test_the_metrics_target_ends_a_sweep_whatever_its_queue_holds():
    user = make_user()
    sweep = make_sweep(user, CUSTOM | {"metric": {"name": "loss", "target": 0.1}})
    agent = make_agent(user, sweep)
    posted = [Posted(str(number), {"x": number / 10, "kind": "a"}) for number in range(3)]
    suggestions_post(sweep=sweep, posted=posted, exhausted=True)
    run = start(user, ask(agent))
    run_update(run=run, details=RunDetails(summary={"loss": 0.05}))
    run_finish(run=run, exit_code=0)
    assert Sweep.objects.get().state == Sweep.State.FINISHED


def test_posted_configurations_are_checked_and_only_taken_where_a_controller_decides():
    user = make_user()
    sweep = make_sweep(user, CUSTOM)
    with pytest.raises(InvalidInput) as error:
        suggestions_post(sweep=sweep, posted=[Posted("a", {"x": 0.1, "kind": "a"}), Posted("b", {"x": 9, "kind": "a"})])
    assert error.value.problems[0].field == "suggestions[1].config"
    assert not sweep.suggestions.exists()
    with pytest.raises(Conflict, match="decided by the server"):
        suggestions_post(sweep=make_sweep(user, LEARNING), posted=[Posted("a", {"x": 0.1, "kind": "a"})])
