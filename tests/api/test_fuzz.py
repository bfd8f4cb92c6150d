"""Every operation with whatever its schema allows, and with what it does not: never a 5xx, no answer that the schema
does not know, nothing accepted that it forbids, and nothing refused that it allows.
"""

import hashlib
import json
import os
from io import BytesIO

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from sweeps_app.models import AgentJob, Program
from sweeps_app.services.files import Upload, file_put
from sweeps_app.services.keys import key_create
from sweeps_app.services.sharing import share_create
from tests.factories import ask, make_agent, make_sweep, make_user

load_all_checks()
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/schema", get_wsgi_application())
# What a shape cannot tell: configurations, rows, points of a space, columns to sort by, queries, programs, archives,
# what a setting limits.
FREE = {
    *(
        "console_append",
        "file_put",
        "history_append",
        "sweep_create",
        "sweep_validate",
        "sweep_edit",
        "sweep_suggest",
        "sweep_what_if",
    ),
    *("project_runs", "sweep_runs", "job_launch", "jobs_launch"),
    *("program_register", "program_update", "project_import", "sweep_importance"),
    *("project_runs_file", "sweep_runs_file", "project_view_save", "sweep_view_save", "sweep_share_create"),
}
STREAMS = {"console_append", "history_append", "system_append"}
# `test_strangers` asks every operation without credentials.
ELSEWHERE = [ignored_auth]
MOST_AGENTS = 1_000


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
    Program.objects.create(project=sweep.project, name="train", kind="folder", source="/srv/train")
    names = {
        "entity": "ada",
        "project": "demo",
        "run_id": run.run_id,
        "sweep_id": sweep.sweep_id,
        "agent_id": run.agent.agent_id,
        "job_id": job.job_id,
        "program": "train",
        "path": "model.bin",
        "form": "csv",
        "view": "mine",
        "share_id": share_create(user=user, sweep=sweep, days=7).link.share_id,
    }
    content = Upload(BytesIO(b"weights"), 7, hashlib.sha256(b"weights").hexdigest())
    file_put(run=run, path="model.bin", upload=content)
    return key_create(user=user, name="fuzz")[1], names


@SCHEMA.parametrize()
@settings(
    # PostgreSQL has the more surprises; every pass costs a minute.
    max_examples=6 if os.environ.get("SWEEPDECK_DATABASE_URL") else 3,
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
    wanted = case.body.get("agents") if isinstance(case.body, dict) else None
    if type(wanted) is int and 2 < wanted <= MOST_AGENTS:
        case.body["agents"] = 2  # a thousand jobs each time tell nothing more, and take a minute to compare
    excluded = ELSEWHERE if _says_it_all(case) else [*ELSEWHERE, positive_data_acceptance]
    is_known = case.operation.definition.raw["operationId"] in STREAMS
    if is_known or any("unknown" in name for name in case.headers or {}):
        # Rows that are stored already are not looked at, and whoever is between client and server adds headers.
        excluded = [*excluded, negative_data_rejection]
    case.call_and_validate(
        headers={"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}, excluded_checks=excluded
    )


def _says_it_all(case):
    """Tell whether the schema alone decides what is accepted; it cannot say that no text holds NUL."""
    sent = json.dumps([case.body, case.query], default=str)
    return case.operation.definition.raw["operationId"] not in FREE and "\\u0000" not in sent
