"""What is new in a project since a cursor."""

from dataclasses import dataclass

from django.db.models import Q

from sweeps_app.models import Project, Run, Sweep


@dataclass(frozen=True)
class Changes:
    """The runs that changed after a cursor, and the sweeps that did or whose runs did; the oldest change first.

    `cursor` is where the next question begins; `more` says that the limit cut the answer.
    """

    cursor: int
    more: bool
    sweeps: list[Sweep]
    runs: list[Run]


def project_cursor(project_pk: int) -> int:
    """Return the project's change counter now: one look-up by primary key."""
    return Project.objects.values_list("cursor", flat=True).get(pk=project_pk)


def project_changes(project: Project, since: int, limit: int = 500) -> Changes:
    """Return what changed after `since`, at most about `limit` things; changes of one transaction stay together."""
    now = project_cursor(project.pk)
    fresh = Q(project=project, change__gt=since, change__lte=now)
    numbers = sorted(
        [
            *Run.objects.filter(fresh).order_by("change").values_list("change", flat=True)[: limit + 1],
            *Sweep.objects.filter(fresh).order_by("change").values_list("change", flat=True)[: limit + 1],
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
    return Changes(cursor=upto, more=more, sweeps=list(sweeps.order_by("change")), runs=runs)
