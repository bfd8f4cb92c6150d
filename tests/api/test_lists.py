"""A list costs as many queries for many things as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sweeps_app.models import AgentJob, Program
from tests.factories import RANDOM_CONFIG, ask, make_agent, make_sweep, start

CONFIG = RANDOM_CONFIG | {"early_terminate": {"type": "asha", "min_iter": 1, "eta": 2}}


@pytest.fixture
def sweep(user):
    """Return a sweep in which each thing of the lists can be."""
    return make_sweep(user, CONFIG)


def _add_one_of_each(api, user, sweep, number):
    make_sweep(user, CONFIG)
    make_sweep(user, CONFIG, project=f"project{number}")
    run = start(user, ask(make_agent(user, sweep)))
    api.post(f"/runs/ada/demo/{run.run_id}/history", {"offset": 0, "rows": [{"loss": number}]})
    AgentJob.objects.create(project=sweep.project, sweep=sweep, program="digits", created_by=user)
    Program.objects.create(project=sweep.project, name=f"train{number}", kind="folder", source="/srv", created_by=user)
    edited = CONFIG | {"run_cap": 100 + number}
    assert api.send("PUT", f"/sweeps/{sweep.sweep_id}/config", {"config": edited}).status_code == 200


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/projects", "results"),
        ("/sweeps", "results"),
        ("/projects/ada/demo/sweeps", "results"),
        ("/projects/ada/demo/runs", "results"),
        ("/projects/ada/demo/changes", "runs"),
        ("/projects/ada/demo/changes", "sweeps"),
        ("/sweeps/{}/runs", "results"),
        ("/sweeps/{}/jobs", "results"),
        ("/projects/ada/demo/programs", "results"),
        ("/sweeps/{}/versions", "results"),
        ("/sweeps/{}/suggestions", "results"),
        ("/sweeps/{}/decisions", "results"),
    ],
)
def test_a_list_needs_as_many_queries_for_seven_things_as_for_two(api, user, sweep, path, key):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            things = api.get(path.format(sweep.sweep_id)).json()[key]
        return len(things), len(queries)

    for number in range(2):
        _add_one_of_each(api, user, sweep, number)
    few, queries = asked()
    for number in range(2, 7):
        _add_one_of_each(api, user, sweep, number)
    many, queries_then = asked()
    assert many >= few + 5
    assert queries_then == queries
