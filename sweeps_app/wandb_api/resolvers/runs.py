"""Runs: what they are, and what becomes of them."""

from typing import Any

from sweeps_app.models import Run, WandbRun
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.history import run_metrics
from sweeps_app.selectors.streams import SYSTEM
from sweeps_app.services.deletion import run_delete, runs_delete
from sweeps_app.services.runs import run_stop
from sweeps_app.wandb_api.binding import resolves, resolves_each
from sweeps_app.wandb_api.context import Context
from sweeps_app.wandb_api.paging import by
from sweeps_app.wandb_api.translation.config import write_config
from sweeps_app.wandb_api.translation.keys import read_key, run_key
from sweeps_app.wandb_api.translation.machine import write_sample
from sweeps_app.wandb_api.translation.states import run_state
from sweeps_app.wandb_api.translation.summary import write_summary
from sweeps_app.wandb_api.translation.values import write_json

_FAILED = (Run.State.FAILED, Run.State.CRASHED)
_GOES_ON = (Run.State.RUNNING, Run.State.PREEMPTING)


def run_of_key(context: Context, key: str) -> Run:
    """Return the run that an id names; raises `InvalidInput` or `NotFound`."""
    run_id, project, entity = read_key(key, "Run", 3)
    return run_get(context.user, entity, project, run_id)


@resolves("Mutation", "deleteRun")
def delete_run(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Delete a run."""
    run_delete(run=run_of_key(context, input["id"]))
    return {"clientMutationId": input.get("clientMutationId")}


@resolves("Mutation", "deleteRuns")
def delete_runs(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Delete runs."""
    for run in [run_of_key(context, key) for key in input["ids"]]:
        runs_delete(project=run.project, run_ids=[run.run_id])
    return {"clientMutationId": input.get("clientMutationId")}


@resolves("Mutation", "stopRun")
def stop_run(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Ask a run to stop."""
    run_stop(run=run_of_key(context, input["id"]))
    return {"success": True}


@resolves("Run", "wandbConfig")
def wandb_config(run: Run, _: Context, keys: list[str] | None = None) -> str:
    """Return what the client keeps in the config for itself."""
    meta = _meta(run)
    return write_json(meta if keys is None else {key: meta[key] for key in keys if key in meta})


@resolves("Run", "summaryMetrics")
def summary_metrics(run: Run, _: Context, keys: list[str] | None = None) -> str:
    """Return the summary, all of it or the values of `keys`."""
    summary = write_summary(run.summary, getattr(_facts(run), "nested", []))
    if run.last_step is not None:
        summary["_step"] = run.last_step
    runtime = _runtime(run)
    if runtime is not None:
        summary |= {"_runtime": run.summary.get("_runtime", runtime), "_wandb": {"runtime": runtime}}
    if run.history_rows and run.heartbeat_at is not None:
        summary["_timestamp"] = run.heartbeat_at.timestamp()
    return write_json(summary if keys is None else {key: summary[key] for key in keys if key in summary})


@resolves("Run", "systemMetrics")
def system_metrics(run: Run, _: Context) -> str:
    """Return what was measured last of the run's machine."""
    values = {metric.name: metric.last for metric in run_metrics(run, SYSTEM) if metric.last is not None}
    return write_json(write_sample(values))


def _facts(run: Run) -> WandbRun | None:
    return getattr(run, "wandb", None)


def _meta(run: Run) -> dict[str, Any]:
    facts = _facts(run)
    return {} if facts is None else facts.meta


def _runtime(run: Run) -> int | None:
    end = run.finished_at or run.heartbeat_at
    return None if run.started_at is None or end is None else max(int((end - run.started_at).total_seconds()), 0)


def _run_info(run: Run) -> dict[str, Any] | None:
    return {"program": run.program, "args": []} if run.program else None


resolves_each(
    "Run",
    {
        "id": run_key,
        "name": lambda run: run.run_id,
        "projectId": lambda run: run.project_id,
        "displayName": lambda run: run.name,
        "description": lambda run: run.notes,
        "groupName": lambda run: run.group,
        "jobType": lambda run: run.job_type,
        "commit": lambda _: None,
        "state": run_state,
        "config": lambda run: write_config(run.config, _meta(run)),
        "runInfo": _run_info,
        "sweepName": lambda run: run.sweep.sweep_id if run.sweep else None,
        "user": lambda run: run.created_by,
        "readOnly": lambda _: False,
        "createdAt": by("created_at"),
        "updatedAt": by("heartbeat_at"),
        "heartbeatAt": by("heartbeat_at"),
        "runtime": _runtime,
        "exitcode": lambda run: run.exit_code,
        "shouldStop": lambda run: run.stop_requested,
        "stopped": lambda run: run.stop_requested,
        "running": lambda run: run.state in _GOES_ON,
        "failed": lambda run: run.state in _FAILED,
        "historyLineCount": lambda run: run.history_rows,
        "eventsLineCount": lambda run: run.system_rows,
        "logLineCount": lambda run: run.console_lines,
    },
)
