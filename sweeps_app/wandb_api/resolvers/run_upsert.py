"""Runs start, and change."""

from typing import Any

from sweeps_app.errors import InvalidInput, NotFound
from sweeps_app.json_values import storable
from sweeps_app.models import Run, Sweep
from sweeps_app.models.identifiers import new_id
from sweeps_app.selectors.access import entity_get, run_get, sweep_get
from sweeps_app.services.projects import DEFAULT_PROJECT
from sweeps_app.services.runs import RunDetails
from sweeps_app.services.wandb_runs import WandbStart, wandb_nested_note, wandb_run_upsert
from sweeps_app.wandb_api.binding import resolves
from sweeps_app.wandb_api.context import Context
from sweeps_app.wandb_api.resolvers.runs import run_of_key
from sweeps_app.wandb_api.translation.config import ClientConfig, read_config, writer_of
from sweeps_app.wandb_api.translation.summary import ClientSummary, read_summary
from sweeps_app.wandb_api.translation.values import read_object

_MAX_TAG = 100


@resolves("Mutation", "upsertBucket")
def upsert_bucket(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Start a run, or change it; what does not come from the process of a run leaves one that has ended as it is."""
    known = run_of_key(context, input["id"]) if input.get("id") else None
    run_id, project, entity = _place(context, input) if known is None else _place_of(known)
    config = read_config(input.get("config"))
    summary = _summary(input, known)
    meta = None if config is None else config.meta
    run, created = wandb_run_upsert(
        user=context.user,
        run_id=run_id,
        details=_details(input, config, summary),
        start=WandbStart(meta, writer_of(meta), _sweep(context, input.get("sweep")), begins=bool(input.get("host"))),
        entity_name=entity,
        project_name=project,
    )
    if summary is not None:
        wandb_nested_note(run=run, nested=summary.nested)
    return {
        "bucket": run_get(context.user, entity, project, run_id),
        "inserted": created,
        "serverSettings": {"serverMessages": []},
    }


def _place(context: Context, given: dict[str, Any]) -> tuple[str, str, str]:
    """Return id, project and entity of a run that may have to be made."""
    entity = given.get("entityName") or entity_get(context.user, None).name
    return given.get("name") or new_id(), given.get("modelName") or DEFAULT_PROJECT, entity


def _place_of(run: Run) -> tuple[str, str, str]:
    return run.run_id, run.project.name, run.project.entity.name


def _summary(given: dict[str, Any], run: Run | None) -> ClientSummary | None:
    text = given.get("summaryMetrics")
    goal = run.sweep.metric_goal if run is not None and run.sweep is not None else ""
    return None if text is None else read_summary(read_object(text, "summaryMetrics"), goal)


def _details(given: dict[str, Any], config: ClientConfig | None, summary: ClientSummary | None) -> RunDetails:
    return RunDetails(
        name=_text(given, "displayName", 200),
        config=None if config is None else config.config,
        tags=_tags(given.get("tags")),
        notes=_text(given, "notes", 100_000),
        group=_text(given, "groupName", 200),
        job_type=_text(given, "jobType", 200),
        host=_text(given, "host", 200),
        program=_text(given, "jobProgram", 1_000),
        summary=None if summary is None else summary.values,
    )


def _text(given: dict[str, Any], name: str, longest: int) -> str | None:
    text = given.get(name)
    if text is not None and len(text) > longest:
        raise InvalidInput.of(name, f"has more than {longest:,} characters")
    return None if text is None else str(storable(text, name))


def _tags(tags: list[str] | None) -> list[str] | None:
    if tags is not None and any(len(tag) > _MAX_TAG for tag in tags):
        raise InvalidInput.of("tags", f"has a tag of more than {_MAX_TAG} characters")
    return tags


def _sweep(context: Context, sweep_id: str | None) -> Sweep | None:
    if not sweep_id:
        return None
    try:
        return sweep_get(context.user, sweep_id)
    except NotFound:
        return None
