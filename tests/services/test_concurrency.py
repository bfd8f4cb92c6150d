"""Real threads on real connections: the database decides every race."""

import threading
from collections import Counter

import pytest
from django.core.management import call_command
from django.utils import timezone

from sweeps_app.models import Agent, HistoryChunk, Run, RunAttempt, Sweep
from sweeps_app.services.agents import agent_register
from sweeps_app.services.ingest import history_append
from sweeps_app.services.orders import agent_order
from sweeps_app.services.posting import Posted, suggestions_post
from sweeps_app.services.prepare import suggestions_prepare
from sweeps_app.services.runs import run_finish
from sweeps_app.services.suggestions import Place, suggestion_claim
from sweeps_app.services.sweeps import sweep_create
from tests.concurrency import in_threads
from tests.factories import RANDOM_CONFIG, make_agent, make_run, make_sweep, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_agents_share_a_grid_without_doubles_or_gaps():
    user = make_user()
    grid = {"method": "grid", "parameters": {"x": {"values": list(range(8))}, "y": {"values": list(range(5))}}}
    sweep = make_sweep(user, grid)
    agents = [make_agent(user, sweep) for _ in range(8)]

    def work(i):
        points = []
        while True:
            claim = suggestion_claim(agent=agents[i], request_id=f"r{len(points)}")
            if claim.command == "exit":
                return points
            points.append((claim.run.config["x"], claim.run.config["y"]))
            run_finish(run=claim.run, exit_code=0)

    points = Counter(point for found in in_threads(8, work) for point in found)
    assert points == Counter((x, y) for x in range(8) for y in range(5))
    assert Sweep.objects.get(pk=sweep.pk).state == "FINISHED"


def test_a_host_that_fails_is_given_nothing_from_the_moment_it_is_in_quarantine():
    user = make_user()
    sweep = make_sweep(user, {"method": "grid", "parameters": {"x": {"values": list(range(60))}}})
    hosts = ["bad", "bad", "one", "two", "three"]
    agents = [
        agent_register(user=user, sweep=sweep, agent_id=f"{host}agent{n}", host=host)[0] for n, host in enumerate(hosts)
    ]
    can_compare = threading.Event()

    def work(i):
        is_bad, asked = hosts[i] == "bad", 0
        if is_bad:
            can_compare.wait(60)
        while not Sweep.objects.filter(pk=sweep.pk, state="FINISHED").exists():
            asked += 1
            claim = suggestion_claim(agent=agents[i], request_id=f"r{asked}", place=Place(hosts[i]))
            if claim.run is not None:
                run_finish(run=claim.run, exit_code=int(is_bad))
            elif is_bad:
                return
            if asked == 10:
                can_compare.set()

    in_threads(len(agents), work)
    assert Counter(Run.objects.values_list("state", "host")).keys() == {
        ("finished", h) for h in ("one", "two", "three")
    }
    failed = RunAttempt.objects.filter(host="bad")
    # One was in the hands of the second agent when the first failed for the fifth time.
    assert 5 <= failed.count() <= 6
    assert set(failed.values_list("cause", flat=True)) == {"quarantine"}
    assert Agent.objects.exclude(quarantined_at=None).count() == 2


def test_an_agent_gets_no_run_once_its_order_has_been_answered():
    user = make_user()
    agents = [make_agent(user, make_sweep(user)) for _ in range(3)]
    ordered = {}

    def work(i):
        agent = agents[i // 2]
        if i % 2:
            agent_order(agent=agent, action=("pause", "drain", "kill")[i // 2])
            ordered[agent.pk] = timezone.now()
            return
        for number in range(15):
            suggestion_claim(agent=agent, request_id=str(number))

    in_threads(6, work)
    for pk, moment in ordered.items():
        assert not Run.objects.filter(agent=pk, created_at__gt=moment).exists()


def test_controllers_that_post_the_same_at_once_queue_each_configuration_once():
    user = make_user()
    sweep = make_sweep(user, RANDOM_CONFIG | {"method": "custom"})
    posted = [Posted(str(n), {"lr": 0.01, "layers": 1}) for n in range(50)]
    queued = in_threads(6, lambda i: suggestions_post(sweep=sweep, posted=posted[i:] + posted[:i]))
    assert len({frozenset((s.pk, s.request_id) for s in found) for found in queued}) == 1
    assert sorted(sweep.suggestions.values_list("number", flat=True)) == list(range(50))


def test_agents_and_workers_that_meet_hand_out_each_point_once_and_each_can_be_made_again(capsys):
    user = make_user()
    learning = {
        "method": "tpe",
        "metric": {"name": "loss"},
        "parameters": {"x": {"values": list(range(6))}, "y": {"values": list(range(5))}},
    }
    sweep = make_sweep(user, learning)
    agents = [make_agent(user, sweep) for _ in range(6)]
    over = threading.Event()

    def work(i):
        if i >= len(agents):
            while not over.wait(0.01):
                suggestions_prepare(sweep_id=sweep.pk)
            return []
        points = []
        while (claim := suggestion_claim(agent=agents[i], request_id=f"r{len(points)}")).command != "exit":
            if claim.command == "run":
                points.append((claim.run.config["x"], claim.run.config["y"]))
                run_finish(run=claim.run, exit_code=0, summary={"loss": claim.run.config["x"]})
        over.set()
        return points

    points = Counter(point for found in in_threads(8, work) for point in found)
    assert points == Counter((x, y) for x in range(6) for y in range(5))
    call_command("sweep_verify", sweep.sweep_id)
    assert capsys.readouterr().out == f"{sweep.sweep_id}: 30 same\n"


def test_agents_that_register_at_once_are_all_there():
    user = make_user()
    config = {"method": "tpe", "metric": {"name": "loss"}, "parameters": {"x": {"min": 0.0, "max": 1.0}}}
    sweep = make_sweep(user, config)
    for _ in range(5):
        in_threads(8, lambda _: make_agent(user, sweep))
    assert sweep.agents.count() == 40


def test_run_cap_holds_under_concurrent_askers():
    user = make_user()
    sweep = make_sweep(user, RANDOM_CONFIG | {"run_cap": 5})
    agents = [make_agent(user, sweep) for _ in range(8)]
    commands = in_threads(8, lambda i: suggestion_claim(agent=agents[i], request_id="only").command)
    assert Counter(commands) == {"run": 5, "exit": 3}
    assert Run.objects.filter(sweep=sweep).count() == 5


def test_one_request_asked_by_many_threads_gets_one_run():
    user = make_user()
    agent = make_agent(user, make_sweep(user))
    runs = in_threads(6, lambda _: suggestion_claim(agent=agent, request_id="same").run.pk)
    assert len(set(runs)) == 1
    assert Run.objects.count() == 1


def test_one_batch_sent_by_many_threads_is_stored_once():
    run = make_run(make_user())
    rows = [{"_step": i, "loss": float(i)} for i in range(50)]
    stored = in_threads(6, lambda _: history_append(run=run, offset=0, rows=rows).rows)
    assert stored == [50] * 6
    assert HistoryChunk.objects.filter(run=run).count() == 1


def test_one_sweep_registered_by_many_threads_is_one_sweep():
    user = make_user()
    create = lambda _: sweep_create(user=user, config=RANDOM_CONFIG, request_id="once").sweep.pk  # noqa: E731
    assert len(set(in_threads(6, create))) == 1
    assert Sweep.objects.count() == 1
