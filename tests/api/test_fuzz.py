"""Every operation with whatever its schema allows, and with what it does not: never a 5xx, no answer that the schema
does not know, nothing accepted that it forbids, and nothing refused that it allows.
"""

import json

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from sweeps_app.models import AgentJob
from sweeps_app.services.keys import key_create
from tests.factories import ask, make_agent, make_sweep, make_user

load_all_checks()
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/schema", get_wsgi_application())
# What a shape cannot tell: configurations, rows, points of a space, columns to sort by, and programs.
FREE = {
    *("history_append", "sweep_create", "sweep_validate", "sweep_edit", "sweep_suggest", "sweep_what_if"),
    *("project_runs", "sweep_runs", "job_launch"),
}
# `test_strangers` asks every operation without credentials.
ELSEWHERE = [ignored_auth]


@pytest.fixture(autouse=True)
def _kept_connection():
    """Keep the test's database connection over the end of a request, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def key(db):
    """Return the API key of a person who has one of each thing, with the names that the addresses are filled with."""
    user = make_user("ada")
    sweep = make_sweep(user)
    run = ask(make_agent(user, sweep))
    job = AgentJob.objects.create(project=sweep.project, sweep=sweep, program="digits", created_by=user)
    names = {
        "entity": "ada",
        "project": "demo",
        "run_id": run.run_id,
        "sweep_id": sweep.sweep_id,
        "agent_id": run.agent.agent_id,
        "job_id": job.job_id,
    }
    return key_create(user=user, name="fuzz")[1], names


@SCHEMA.parametrize()
@settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_answer_surprises(case, key):
    secret, names = key
    for name, value in (case.path_parameters or {}).items():
        # A random name is almost always a 404: most examples are about things that exist.
        if len(str(value)) % 4:
            case.path_parameters[name] = names[name]
    case.call_and_validate(
        headers={"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"},
        excluded_checks=ELSEWHERE if _says_it_all(case) else [*ELSEWHERE, positive_data_acceptance],
    )


def _says_it_all(case):
    """Tell whether the schema alone decides what is accepted; it cannot say that no text holds NUL."""
    sent = json.dumps([case.body, case.query], default=str)
    return case.operation.definition.raw["operationId"] not in FREE and "\\u0000" not in sent
