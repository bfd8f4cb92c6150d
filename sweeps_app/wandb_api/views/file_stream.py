"""Where a run sends what it logs, prints and measures: lines of files by number, each of them stored once."""

from collections.abc import Sequence
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sweeps_app.errors import StaleAttempt, SweepdeckError
from sweeps_app.models import Run
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.streams import HISTORY, SYSTEM
from sweeps_app.services.console_rewrite import console_write
from sweeps_app.services.runs import run_heartbeat, run_mark_preempting
from sweeps_app.services.wandb_fencing import wandb_attempt_check
from sweeps_app.services.wandb_runs import wandb_nested_note, wandb_stop_told
from sweeps_app.services.wandb_stream import WandbBatch, wandb_rows_append
from sweeps_app.wandb_api.answers import answer, refusal, refused
from sweeps_app.wandb_api.authentication import REFUSED, caller_of
from sweeps_app.wandb_api.bodies import json_body
from sweeps_app.wandb_api.stream_parts import (
    EVENTS,
    OUTPUT,
    SUMMARY,
    birth_of,
    ending_of,
    lines_of,
    part_of,
    rows_of,
    summary_of,
)
from sweeps_app.wandb_api.stream_parts import HISTORY as HISTORY_FILE
from sweeps_app.wandb_api.translation.machine import read_sample
from sweeps_app.wandb_api.translation.summary import read_summary

_ATTEMPT = "sweepdeck_attempt"


@csrf_exempt
@require_POST
def file_stream(request: HttpRequest, entity: str, project: str, run_id: str) -> HttpResponse:
    """Store what a run sends, and tell whether it is to stop. Safe to repeat."""
    user = caller_of(request)
    if user is None:
        return refusal(REFUSED, 401)
    body = json_body(request)
    if isinstance(body, HttpResponse):
        return body
    try:
        run = run_get(user, entity, project, run_id)
        _check_attempt(run, request.COOKIES.get(_ATTEMPT))
        stop = _store(run, body, request.headers.get("User-Agent", ""))
    except (SweepdeckError, OperationalError) as error:
        return refused(error)
    if stop:
        wandb_stop_told(run=run)
    told = answer({"exitcode": None, "limits": {}} | ({"stopped": True} if stop else {}))
    told.set_cookie(_ATTEMPT, str(run.attempt), path=request.path, httponly=True, samesite="Strict")
    return told


def _check_attempt(run: Run, told: str | None) -> None:
    """Raise `StaleAttempt` where a process was told another attempt before, which clients in Python send back."""
    if told is not None and told.isascii() and told.isdigit() and int(told[:9]) != run.attempt:
        raise StaleAttempt(int(told[:9]), run.attempt)


def _store(run: Run, body: dict[str, Any], client: str) -> bool:
    """Store all parts of a request, the end of the run last; return whether the run is to stop."""
    history, events, output = (part_of(body, name) for name in (HISTORY_FILE, EVENTS, OUTPUT))
    summary, ending = summary_of(part_of(body, SUMMARY)), ending_of(body)
    rows, measured = (() if part is None else rows_of(part) for part in (history, events))
    wandb_attempt_check(run=run, born=birth_of([*rows[:1], *measured[:1]]))
    if events is not None:
        batch = WandbBatch(events.offset, _samples(measured))
        wandb_rows_append(run=run, stream=SYSTEM, batch=batch, client=client)
    if output is not None:
        console_write(run=run, offset=output.offset, lines=lines_of(output))
    if body.get("preempting"):
        run_mark_preempting(run=run)
    if history is None and summary is None and ending is None:
        return run_heartbeat(run=run)
    told = None
    if summary is not None:
        read = read_summary(summary, run.sweep.metric_goal if run.sweep is not None else "")
        wandb_nested_note(run=run, nested=read.nested)
        told = read.values
    batch = WandbBatch(run.history_rows if history is None else history.offset, rows, told)
    return wandb_rows_append(run=run, stream=HISTORY, batch=batch, ending=ending, client=client)


def _samples(rows: Sequence[Any]) -> list[Any]:
    return [read_sample(row) if isinstance(row, dict) else row for row in rows]
