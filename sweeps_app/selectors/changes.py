"""What is new in a project since a cursor."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from sweeps_app.models import Deletion, Project, Run, Sweep


@dataclass(frozen=True)
class Changes:
    """The runs that changed after a cursor, and the sweeps that did or whose runs did; the oldest change first.

    `cursor` is where the next question begins; `more` says that the limit cut the answer. What was deleted comes as
    ids, and before what has changed: an id may be in use again. `reset` says that deletions after the cursor are
    forgotten, so that this answer begins anew and whatever was known before no longer counts.
    """

    cursor: int
    more: bool
    reset: bool
    deleted_sweeps: list[str]
    deleted_runs: list[str]
    sweeps: list[Sweep]
    runs: list[Run]


def project_cursor(project_pk: int) -> int:
    """Return the project's change counter now: one look-up by primary key."""
    return Project.objects.values_list("cursor", flat=True).get(pk=project_pk)


def project_changes(project: Project, since: int, limit: int = 500) -> Changes:
    """Return what changed after `since`, at most about `limit` things; changes of one transaction stay together."""
    now = project_cursor(project.pk)
    reset = 0 < since < project.oldest_cursor
    since = 0 if reset else since
    fresh = Q(project=project, change__gt=since, change__lte=now)
    numbers = sorted(
        [
            *Run.objects.filter(fresh).order_by("change").values_list("change", flat=True)[: limit + 1],
            *Sweep.objects.filter(fresh).order_by("change").values_list("change", flat=True)[: limit + 1],
            *_deletions(project, since, now).values_list("change", flat=True).distinct()[: limit + 1],
        ]
    )
    more = len(numbers) > limit
    upto = numbers[limit - 1] if more else now
    part = Q(project=project, change__gt=since, change__lte=upto)
    related = ("project__entity", "sweep", "agent", "suggestion", "created_by")
    runs = list(Run.objects.filter(part).select_related(*related).order_by("change"))
    # What a sweep shows of its runs, such as their counts, changes with them.
    of_runs = {run.sweep_id for run in runs if run.sweep_id is not None}
    sweeps = Sweep.objects.filter(part | Q(pk__in=of_runs)).select_related("project__entity", "created_by")
    gone: dict[str, list[str]] = {Deletion.Kind.SWEEP: [], Deletion.Kind.RUN: []}
    for kind, public_id in _deletions(project, since, upto).values_list("kind", "public_id"):
        gone[kind].append(public_id)
    return Changes(
        cursor=upto,
        more=more,
        reset=reset,
        deleted_sweeps=gone[Deletion.Kind.SWEEP],
        deleted_runs=gone[Deletion.Kind.RUN],
        sweeps=list(sweeps.order_by("change")),
        runs=runs,
    )


def _deletions(project: Project, since: int, upto: int) -> QuerySet[Deletion]:
    return Deletion.objects.filter(project=project, change__gt=since, change__lte=upto).order_by("change")
