"""What a person may see. Whatever belongs to others does not exist, and says so in the same words."""

from django.db.models import QuerySet

from sweeps_app.errors import Forbidden, NotFound
from sweeps_app.models import Agent, AgentJob, Entity, Membership, Program, Project, Run, Sweep, User
from sweeps_app.models.compiled import CompiledQuery

# What an answer that shows a run reads besides the run.
SHOWN_WITH_RUN = ("project__entity", "sweep", "agent", "suggestion", "created_by")


def _project_at(user: int, entity: str, name: str) -> QuerySet[Project]:
    rows = Project.objects.select_related("entity", "created_by").order_by()
    return rows.filter(entity__memberships__user=user, entity__name=entity, name=name)


def _project_of(user: int, owner: int, name: str) -> QuerySet[Project]:
    rows = Project.objects.select_related("entity", "created_by").order_by()
    return rows.filter(entity__memberships__user=user, entity__owner=owner, name=name)


# What hides deleted rows in `objects` is made for lists; for one row, joins take half the time.
def _sweep_at(user: int, sweep_id: str) -> QuerySet[Sweep]:
    rows = Sweep.everything.select_related("project__entity", "created_by").order_by()
    living = rows.filter(deleted_at=None, project__deleted_at=None)
    return living.filter(project__entity__memberships__user=user, sweep_id=sweep_id)


def _run_at(user: int, entity: str, project: str, run_id: str) -> QuerySet[Run]:
    living = Run.everything.filter(deleted_at=None, sweep__deleted_at=None, project__deleted_at=None).order_by()
    visible = living.filter(project__entity__memberships__user=user, project__entity__name=entity)
    return visible.filter(project__name=project, run_id=run_id)


def _run_shown_at(user: int, entity: str, project: str, run_id: str) -> QuerySet[Run]:
    return _run_at(user, entity, project, run_id).select_related(*SHOWN_WITH_RUN)


def _run_ref_at(user: int, entity: str, project: str, run_id: str) -> QuerySet[Run]:
    return _run_at(user, entity, project, run_id).only("pk", "sweep_id", "attempt")


def _run_heard_at(user: int, entity: str, project: str, run_id: str) -> QuerySet[Run]:
    heard = ("state", "stop_requested", "queued_at", "requeue_cause", "heartbeat_at", "project_id")
    run = _run_ref_at(user, entity, project, run_id).select_related("agent")
    return run.only("pk", "sweep_id", "attempt", *heard, "agent__heartbeat_at")


def _agent_at(user: int, agent_id: str) -> QuerySet[Agent]:
    rows = Agent.objects.select_related("sweep__project__entity", "created_by").order_by()
    living = rows.filter(sweep__deleted_at=None, sweep__project__deleted_at=None)
    return living.filter(sweep__project__entity__memberships__user=user, agent_id=agent_id)


_PROJECT = CompiledQuery(_project_at, integers="user", texts="entity name")
_OWN_PROJECT = CompiledQuery(_project_of, integers="user owner", texts="name")
_SWEEP = CompiledQuery(_sweep_at, integers="user", texts="sweep_id")
_RUN = CompiledQuery(_run_shown_at, integers="user", texts="entity project run_id")
_RUN_REF = CompiledQuery(_run_ref_at, integers="user", texts="entity project run_id")
_RUN_HEARD = CompiledQuery(_run_heard_at, integers="user", texts="entity project run_id")
_AGENT = CompiledQuery(_agent_at, integers="user", texts="agent_id")


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
    project = _PROJECT.first(user=user.pk, entity=entity, name=name)
    if project is None:
        raise NotFound(f"no project '{entity}/{name}' that you can see")
    return project


def project_find(user: User, name: str, entity: str | None) -> Project | None:
    """Return the project `name` of an entity, or of the person's own where none is named; None where there is none."""
    if entity:
        return _PROJECT.first(user=user.pk, entity=entity, name=name)
    return _OWN_PROJECT.first(user=user.pk, owner=user.pk, name=name)


def sweep_get(user: User, sweep_id: str) -> Sweep:
    """Return a sweep by its eight characters; raises `NotFound`."""
    sweep = _SWEEP.first(user=user.pk, sweep_id=sweep_id)
    if sweep is None:
        raise NotFound(f"no sweep '{sweep_id}' that you can see")
    return sweep


def run_get(user: User, entity: str, project: str, run_id: str) -> Run:
    """Return the run `entity/project/run_id`; raises `NotFound`."""
    run = _RUN.first(user=user.pk, entity=entity, project=project, run_id=run_id)
    if run is None:
        raise NotFound(_no_run(entity, project, run_id))
    return run


def run_ref(user: User, entity: str, project: str, run_id: str) -> Run:
    """Return a run with its keys and its attempt alone, for services that lock the row anyway.

    Raises `NotFound`.
    """
    run = _RUN_REF.first(user=user.pk, entity=entity, project=project, run_id=run_id)
    if run is None:
        raise NotFound(_no_run(entity, project, run_id))
    return run


def run_heard(user: User, entity: str, project: str, run_id: str) -> Run:
    """Return a run with its agent, and of both what a sign of life needs; raises `NotFound`."""
    run = _RUN_HEARD.first(user=user.pk, entity=entity, project=project, run_id=run_id)
    if run is None:
        raise NotFound(_no_run(entity, project, run_id))
    return run


def agent_get(user: User, agent_id: str) -> Agent:
    """Return an agent by its id; raises `NotFound`."""
    agent = _AGENT.first(user=user.pk, agent_id=agent_id)
    if agent is None:
        raise NotFound(f"no agent '{agent_id}' that you can see: register it first")
    return agent


def job_get(user: User, job_id: str) -> AgentJob:
    """Return an agent job by its id; raises `NotFound`."""
    job = (
        AgentJob.objects.filter(sweep__in=_sweeps_of(user), job_id=job_id)
        .select_related("sweep", "project__entity", "worker", "registration", "relaunch_of", "created_by")
        .first()
    )
    if job is None:
        raise NotFound(f"no agent job '{job_id}' that you can see")
    return job


def program_get(project: Project, name: str) -> Program:
    """Return a program of a project that the caller may see; raises `NotFound`."""
    program = Program.objects.filter(project=project, name=name).select_related("project__entity", "created_by").first()
    if program is None:
        raise NotFound(f"no program '{name}' in '{project.entity.name}/{project.name}'")
    return program


def is_admin(user: User, project: Project) -> bool:
    """Tell whether `user` is an admin of the project's entity, or of the server."""
    admins = Membership.objects.filter(entity=project.entity_id, user=user, role=Membership.Role.ADMIN)
    return user.is_superuser or admins.exists()


def require_admin(user: User, project: Project) -> None:
    """Raise `Forbidden` for whoever is not an admin of the project's entity."""
    if not is_admin(user, project):
        raise Forbidden(f"only an admin of '{project.entity.name}' may do this: ask one of them")


def _sweeps_of(user: User) -> QuerySet[Sweep, int]:
    return Sweep.objects.filter(project__entity__memberships__user=user).values_list("pk", flat=True)


def _no_run(entity: str, project: str, run_id: str) -> str:
    return f"no run '{entity}/{project}/{run_id}' that you can see"
