"""What a person may see. Whatever belongs to others does not exist, and says so in the same words."""

from django.db.models import QuerySet

from sweeps_app.errors import NotFound
from sweeps_app.models import Agent, AgentJob, Entity, Membership, Project, Run, Sweep, User


def visible_entities(user: User) -> QuerySet[Entity]:
    """Return the entities that `user` belongs to."""
    return Entity.objects.filter(memberships__user=user)


def memberships_of(user: User) -> list[Membership]:
    """Return the memberships of `user` with their entities: the default entity first, then by name."""
    found = Membership.objects.filter(user=user).select_related("entity").order_by("entity__name")
    return sorted(found, key=lambda membership: membership.entity.owner_id != user.pk)


def visible_projects(user: User) -> QuerySet[Project]:
    """Return the projects of the entities that `user` belongs to."""
    return Project.objects.filter(entity__memberships__user=user).select_related("entity", "created_by")


def default_entity(user: User) -> Entity:
    """Return the entity that owns what `user` makes without naming one.

    Raises `NotFound` for a person who has neither an own entity nor a team.
    """
    own = visible_entities(user).filter(owner=user).first() or visible_entities(user).first()
    if own is None:
        raise NotFound(f"user '{user.username}' belongs to no entity: ask an administrator to add one")
    return own


def entity_get(user: User, name: str | None) -> Entity:
    """Return the entity called `name`, or the default one; raises `NotFound`."""
    if not name:
        return default_entity(user)
    entity = visible_entities(user).filter(name=name).first()
    if entity is None:
        raise NotFound(f"no entity '{name}' that you can see")
    return entity


def project_get(user: User, entity: str, name: str) -> Project:
    """Return the project `entity/name`; raises `NotFound`."""
    project = visible_projects(user).filter(entity__name=entity, name=name).first()
    if project is None:
        raise NotFound(f"no project '{entity}/{name}' that you can see")
    return project


def sweep_get(user: User, sweep_id: str) -> Sweep:
    """Return a sweep by its eight characters; raises `NotFound`."""
    sweep = (
        Sweep.objects.filter(project__entity__memberships__user=user, sweep_id=sweep_id)
        .select_related("project__entity", "created_by")
        .first()
    )
    if sweep is None:
        raise NotFound(f"no sweep '{sweep_id}' that you can see")
    return sweep


def run_get(user: User, entity: str, project: str, run_id: str) -> Run:
    """Return the run `entity/project/run_id`; raises `NotFound`."""
    related = ("project__entity", "sweep", "agent", "suggestion", "created_by")
    run = _runs_at(user, entity, project, run_id).select_related(*related).first()
    if run is None:
        raise NotFound(_no_run(entity, project, run_id))
    return run


def run_ref(user: User, entity: str, project: str, run_id: str) -> Run:
    """Return a run of which only the primary key is loaded, for services that read the row under its lock anyway.

    Raises `NotFound`.
    """
    run = _runs_at(user, entity, project, run_id).only("pk").first()
    if run is None:
        raise NotFound(_no_run(entity, project, run_id))
    return run


def agent_get(user: User, agent_id: str) -> Agent:
    """Return an agent by its id; raises `NotFound`."""
    agent = (
        Agent.objects.filter(sweep__project__entity__memberships__user=user, agent_id=agent_id)
        .select_related("sweep__project__entity", "created_by")
        .first()
    )
    if agent is None:
        raise NotFound(f"no agent '{agent_id}' that you can see: register it first")
    return agent


def job_get(user: User, job_id: str) -> AgentJob:
    """Return an agent job by its id; raises `NotFound`."""
    job = (
        AgentJob.objects.filter(project__entity__memberships__user=user, job_id=job_id)
        .select_related("sweep", "project__entity")
        .first()
    )
    if job is None:
        raise NotFound(f"no agent job '{job_id}' that you can see")
    return job


def _runs_at(user: User, entity: str, project: str, run_id: str) -> QuerySet[Run]:
    return Run.objects.filter(
        project__entity__memberships__user=user, project__entity__name=entity, project__name=project, run_id=run_id
    )


def _no_run(entity: str, project: str, run_id: str) -> str:
    return f"no run '{entity}/{project}/{run_id}' that you can see"
