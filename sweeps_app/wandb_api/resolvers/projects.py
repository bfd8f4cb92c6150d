"""Projects, and what is found below them."""

from typing import Any

from sweeps_app.models import Project, Run, Sweep
from sweeps_app.selectors.access import entity_get, project_find, visible_projects
from sweeps_app.selectors.run_conditions import runs_ordered, runs_where
from sweeps_app.selectors.sweeps import project_sweeps
from sweeps_app.services.projects import project_create, project_update
from sweeps_app.services.wandb_runs import wandb_resume_note
from sweeps_app.wandb_api.binding import resolves, resolves_each
from sweeps_app.wandb_api.context import Context
from sweeps_app.wandb_api.paging import by, connection
from sweeps_app.wandb_api.rows import run_rows
from sweeps_app.wandb_api.translation.keys import internal_key, project_key
from sweeps_app.wandb_api.translation.values import read_object


@resolves("Query", "project", "model")
def project(
    _: Any, context: Context, name: str | None = None, entity_name: str | None = None, internal_id: str | None = None
) -> Project | None:
    """Return a project, null where there is none that one can see."""
    del internal_id
    return project_find(context.user, name, entity_name) if name else None


@resolves("Query", "models", "projects")
def projects(
    _: Any, context: Context, entity_name: str | None = None, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    """Return a page of the projects of an entity."""
    found = visible_projects(context.user).filter(entity=entity_get(context.user, entity_name), archived_at=None)
    return connection(found.order_by("name"), first, after)


@resolves("Mutation", "upsertModel")
def upsert_model(_: Any, context: Context, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the schema's name)
    """Make a project, or change its description."""
    found, created = project_create(
        user=context.user,
        name=input.get("name") or "",
        entity_name=input.get("entityName"),
        description=input.get("description") or "",
    )
    if not created and input.get("description") is not None:
        project_update(project=found, description=input["description"])
    return {"project": found, "model": found, "inserted": created}


@resolves("Project", "run", "bucket")
def run(parent: Project, context: Context, name: str, missing_ok: bool = False, desc: Any = None) -> Run | None:
    """Return a run, null where there is none. Who asks with `missingOk` is about to go on with it."""
    del desc
    found = run_rows(Run.objects.filter(project=parent), context).filter(run_id=name).first()
    if found is not None and missing_ok:
        wandb_resume_note(run=found)
    return found


@resolves("Project", "runs", "buckets")
def runs(
    parent: Project,
    context: Context,
    filters: str | None = None,
    order: str | None = None,
    first: int | None = None,
    after: str | None = None,
    names: list[str] | None = None,
    **_: Any,
) -> dict[str, Any]:
    """Return a page of the runs that meet a condition."""
    found = runs_where(Run.objects.filter(project=parent), read_object(filters, "filters"))
    if names:
        found = found.filter(run_id__in=names)
    return connection(run_rows(runs_ordered(found, order or ""), context), first, after)


@resolves("Project", "runCount")
def run_count(parent: Project, _: Context, filters: str | None = None) -> int:
    """Return how many runs meet a condition."""
    return runs_where(Run.objects.filter(project=parent), read_object(filters, "filters")).count()


@resolves("Project", "sweeps")
def sweeps(
    parent: Project, _: Context, first: int | None = None, after: str | None = None, **__: Any
) -> dict[str, Any]:
    """Return a page of the sweeps, the newest first."""
    return connection(project_sweeps(parent), first, after)


@resolves("Project", "sweep")
def sweep(parent: Project, _: Context, sweep_name: str | None = None) -> Sweep | None:
    """Return a sweep by its eight characters, null where there is none."""
    return project_sweeps(parent).filter(sweep_id=sweep_name).first()


resolves_each(
    "Project",
    {
        "id": project_key,
        "internalId": lambda parent: internal_key("ProjectInternalId", parent.pk),
        "entityName": lambda parent: parent.entity.name,
        "createdAt": by("created_at"),
        "isBenchmark": lambda _: False,
        "readOnly": lambda _: False,
        "access": lambda _: "PRIVATE",
        "views": lambda _: "{}",
        "repo": lambda _: None,
        "dockerImage": lambda _: None,
        "user": lambda parent: parent.created_by,
        "totalSweeps": lambda parent: project_sweeps(parent).count(),
    },
)
