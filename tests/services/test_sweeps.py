from datetime import timedelta

import pytest

from sweeps_app.errors import Conflict, InvalidInput, NotFound
from sweeps_app.models import Project, Run, Sweep
from sweeps_app.services.reconcile import reconcile
from sweeps_app.services.runs import run_finish, run_heartbeat
from sweeps_app.services.suggestions import suggestion_claim
from sweeps_app.services.sweeps import sweep_control, sweep_create
from tests.factories import RANDOM_CONFIG, ask, make_agent, make_sweep, make_user, start

pytestmark = pytest.mark.django_db

GRID = {"method": "grid", "parameters": {"x": {"values": [1, 2]}, "y": {"values": ["a", "b"]}}}


def test_a_sweep_takes_its_project_and_name_from_the_config_and_has_a_short_id():
    user = make_user("ada")
    config = RANDOM_CONFIG | {"project": "digits", "name": "first", "seed": 7, "run_cap": 3}
    sweep = sweep_create(user=user, config=config).sweep
    assert (sweep.project.name, sweep.project.entity.name, sweep.name) == ("digits", "ada", "first")
    assert (sweep.seed, sweep.run_cap, sweep.state, sweep.metric_name) == (7, 3, "PENDING", "loss")
    assert len(sweep.sweep_id) == 8


def test_the_same_request_makes_one_sweep():
    user = make_user()
    first = sweep_create(user=user, config=RANDOM_CONFIG, request_id="r1")
    again = sweep_create(user=user, config=RANDOM_CONFIG, request_id="r1")
    assert (first.created, again.created) == (True, False)
    assert first.sweep.pk == again.sweep.pk
    other = sweep_create(user=make_user(), config=RANDOM_CONFIG, request_id="r1")
    assert other.sweep.pk != first.sweep.pk


def test_a_wrong_config_names_every_problem_and_leaves_nothing():
    config = {"method": "random", "parameters": {"a": {"min": 3, "max": 1}, "b": {"values": []}}, "metod": 1}
    with pytest.raises(InvalidInput) as error:
        sweep_create(user=make_user(), config=config, project_name="never")
    fields = {problem.field for problem in error.value.problems}
    assert any(f.startswith("config.parameters.a") for f in fields)
    assert any(f.startswith("config.parameters.b") for f in fields)
    assert any("metod" in f for f in fields)
    assert not Project.objects.filter(name="never").exists()


def test_an_entity_of_someone_else_does_not_exist():
    make_user("owner2")
    with pytest.raises(NotFound):
        sweep_create(user=make_user(), config=RANDOM_CONFIG, entity_name="owner2")


def test_a_team_name_is_never_taken_over_by_a_new_person():
    first = make_user("team")
    second = make_user("Team")
    assert first.personal_entity.name == "team"
    assert second.personal_entity.name == "Team-2"
    assert make_user("admin").personal_entity.name == "admin-2"


def test_asking_twice_with_one_request_gives_one_run():
    user = make_user()
    agent = make_agent(user, make_sweep(user))
    first = suggestion_claim(agent=agent, request_id="q1").run
    again = suggestion_claim(agent=agent, request_id="q1").run
    other = suggestion_claim(agent=agent, request_id="q2").run
    assert first == again
    assert other != first
    assert first.suggestion.number == 0
    assert first.suggestion.why["method"] == "random"


def test_a_grid_is_handed_out_once_then_agents_exit_and_the_sweep_finishes_with_its_last_run():
    user = make_user()
    sweep = make_sweep(user, GRID)
    agent = make_agent(user, sweep)
    runs = [start(user, ask(agent)) for _ in range(4)]
    assert [(r.config["x"], r.config["y"]) for r in runs] == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]
    assert suggestion_claim(agent=agent, request_id="more").command == "exit"
    for run in runs[:3]:
        run_finish(run=run, exit_code=0)
    sweep.refresh_from_db()
    assert sweep.state == "RUNNING"
    run_finish(run=runs[3], exit_code=1, error="Traceback: boom")
    sweep.refresh_from_db()
    assert sweep.state == "FINISHED"
    assert sweep.finished_at is not None
    assert Run.objects.get(pk=runs[3].pk).error == "Traceback: boom"


def test_run_cap_ends_a_random_sweep():
    user = make_user()
    sweep = make_sweep(user, RANDOM_CONFIG | {"run_cap": 2})
    agent = make_agent(user, sweep)
    runs = [ask(agent), ask(agent)]
    assert suggestion_claim(agent=agent, request_id="third").command == "exit"
    for run in runs:
        run_finish(run=run, exit_code=0)
    sweep.refresh_from_db()
    assert (sweep.state, sweep.runs.count()) == ("FINISHED", 2)


@pytest.mark.parametrize(
    ("actions", "state", "command"),
    [
        (["pause"], "PAUSED", "wait"),
        (["pause", "resume"], "RUNNING", "run"),
        (["stop"], "STOPPED", "exit"),
        (["stop", "stop"], "STOPPED", "exit"),
        (["pause", "cancel"], "CANCELED", "exit"),
        (["stop", "cancel"], "CANCELED", "exit"),
    ],
)
def test_control_reaches_the_agents(actions, state, command):
    user = make_user()
    sweep = make_sweep(user)
    agent = make_agent(user, sweep)
    ask(agent)
    for action in actions:
        sweep_control(sweep=sweep, action=action)
    sweep.refresh_from_db()
    assert sweep.state == state
    assert suggestion_claim(agent=agent, request_id="next").command == command


@pytest.mark.parametrize(("first", "then"), [("stop", "pause"), ("cancel", "resume"), ("cancel", "stop")])
def test_an_illegal_transition_is_a_conflict_and_changes_nothing(first, then):
    sweep = sweep_control(sweep=make_sweep(make_user()), action=first)
    with pytest.raises(Conflict, match=f"cannot {then} a sweep that is"):
        sweep_control(sweep=sweep, action=then)
    assert Sweep.objects.get(pk=sweep.pk).state == sweep.state


def test_cancel_asks_running_runs_to_stop_and_their_end_is_killed():
    user = make_user()
    sweep = make_sweep(user)
    run = start(user, ask(make_agent(user, sweep)))
    assert run_heartbeat(run=run) is False
    sweep_control(sweep=sweep, action="cancel")
    run.refresh_from_db()
    assert run_heartbeat(run=run) is True
    assert run_finish(run=run, exit_code=255).state == "killed"
    sweep.refresh_from_db()
    assert sweep.finished_at is not None


def test_silent_runs_crash_and_their_sweep_is_settled():
    user = make_user()
    sweep = make_sweep(user, RANDOM_CONFIG | {"run_cap": 1, "retry": {"attempts": 1}})
    agent = make_agent(user, sweep)
    run = start(user, ask(agent))
    suggestion_claim(agent=agent, request_id="second")
    early = reconcile(now=run.heartbeat_at + timedelta(seconds=299))
    assert (early.runs, early.agents) == (0, 1)
    late = reconcile(now=run.heartbeat_at + timedelta(seconds=301))
    assert (late.runs, late.agents, late.sweeps) == (1, 0, 1)
    run.refresh_from_db()
    sweep.refresh_from_db()
    assert (run.state, sweep.state) == ("crashed", "FINISHED")
    run_heartbeat(run=run)
    run.refresh_from_db()
    assert run.state == "running"


def test_every_change_takes_the_next_number_of_its_project():
    user = make_user()
    sweep = make_sweep(user)
    before = Project.objects.get(pk=sweep.project_id).cursor
    run = start(user, ask(make_agent(user, sweep)))
    changes = [Run.objects.get(pk=run.pk).change, Project.objects.get(pk=sweep.project_id).cursor]
    assert changes[0] == changes[1] > before
