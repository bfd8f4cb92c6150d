"""Answers that wait for news: when they come, what they say, and that they hold up nothing else meanwhile."""

import json
import threading
import time
from datetime import timedelta

import pytest
import urllib3

from sweeps_app.models import Run
from sweeps_app.services.keys import key_create
from sweeps_app.services.runs import run_finish, run_stop
from sweeps_app.services.sweeps import sweep_control
from tests.api.live import served
from tests.factories import ask, make_agent, make_sweep, make_user, start

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 20.0


class _Question(threading.Thread):
    """A request that is under way; `answer` is there once it has come, after `seconds`."""

    def __init__(self, post, path, body):
        super().__init__(daemon=True)
        self._post, self._path, self._body = post, path, body
        self.answer = self.seconds = None
        self.start()

    def run(self):
        began = time.monotonic()
        self.answer = self._post(self._path, self._body)
        self.seconds = time.monotonic() - began

    def result(self):
        """Return the answer, which comes long before the question's own time is up."""
        self.join(LONG / 2)
        assert self.answer is not None, "no answer came"
        return self.answer


@pytest.fixture
def user():
    return make_user("ada")


@pytest.fixture
def sweep(user):
    return make_sweep(user)


@pytest.fixture
def server(user):
    """Return a function that posts to the API, and one that begins to do so and goes on."""
    key = key_create(user=user, name="test")[1]
    pool = urllib3.PoolManager(retries=False, timeout=30, maxsize=100)
    with served() as address:

        def post(path, body):
            headers = {"Authorization": f"Bearer {key}"}
            answer = pool.request("POST", f"{address}/api/v1{path}", json=body, headers=headers)
            return json.loads(answer.data)

        yield post, lambda path, body: _Question(post, path, body)


def _place(run):
    return f"/runs/ada/demo/{run.run_id}/heartbeat"


def test_a_stop_reaches_a_run_that_listens(user, sweep, server):
    run = start(user, ask(make_agent(user, sweep)))
    question = server[1](_place(run), {"wait": LONG})
    time.sleep(0.5)
    assert question.answer is None
    run_stop(run=run)
    assert question.result() == {"stop": True}


def test_without_news_the_answer_comes_when_its_time_is_up(user, sweep, server):
    run = start(user, ask(make_agent(user, sweep)))
    run.heartbeat_at -= timedelta(seconds=60)
    run.save(update_fields=["heartbeat_at"])
    began = time.monotonic()
    assert server[0](_place(run), {"wait": 0.5}) == {"stop": False}
    assert time.monotonic() - began >= 0.5
    assert Run.objects.get().heartbeat_at > run.heartbeat_at


def test_who_listens_for_a_run_that_ends_is_let_go(user, sweep, server):
    run = start(user, ask(make_agent(user, sweep)))
    question = server[1](_place(run), {"wait": LONG})
    time.sleep(0.3)
    run_finish(run=run, exit_code=0)
    assert question.result() == {"stop": False}


def test_an_agent_of_a_paused_sweep_gets_its_run_when_that_goes_on(user, sweep, server):
    agent = make_agent(user, sweep)
    sweep_control(sweep=sweep, action="pause")
    question = server[1](f"/agents/{agent.agent_id}/next", {"request_id": "one", "wait": LONG, "start": {}})
    time.sleep(0.5)
    assert question.answer is None
    sweep_control(sweep=sweep, action="resume")
    answer = question.result()
    assert (answer["command"], answer["run"]["state"]) == ("run", "running")


def test_more_wait_than_there_are_threads_and_all_are_served(user, sweep, server, settings):
    agents = [make_agent(user, sweep) for _ in range(settings.WEB_THREADS + 8)]
    sweep_control(sweep=sweep, action="pause")
    body = {"request_id": "one", "wait": LONG}
    questions = [server[1](f"/agents/{agent.agent_id}/next", body) for agent in agents]
    time.sleep(0.5)
    assert server[0](f"/agents/{agents[0].agent_id}/heartbeat", {})["command"] == "go"
    sweep_control(sweep=sweep, action="stop")
    assert {question.result()["command"] for question in questions} == {"exit"}


def test_who_has_gone_takes_no_news_from_others(user, sweep, server):
    agents = [make_agent(user, sweep) for _ in range(2)]
    sweep_control(sweep=sweep, action="pause")
    impatient = urllib3.PoolManager(retries=False, timeout=0.5)
    key = key_create(user=user, name="impatient")[1]
    with served() as address, pytest.raises(urllib3.exceptions.ReadTimeoutError):
        impatient.request(
            "POST",
            f"{address}/api/v1/agents/{agents[0].agent_id}/next",
            json={"request_id": "one", "wait": LONG},
            headers={"Authorization": f"Bearer {key}"},
        )
    question = server[1](f"/agents/{agents[1].agent_id}/next", {"request_id": "one", "wait": LONG})
    time.sleep(0.3)
    sweep_control(sweep=sweep, action="resume")
    assert question.result()["command"] == "run"
    assert Run.objects.count() == 1


@pytest.mark.parametrize("wait", [-1, 31, "long"])
def test_a_wait_that_makes_no_sense_is_refused(user, sweep, server, wait):
    run = start(user, ask(make_agent(user, sweep)))
    assert server[0](_place(run), {"wait": wait})["errors"][0]["attr"] == "wait"
