"""Views of run tables: keep and remove."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from sweeps_app.errors import InvalidInput, NotFound
from sweeps_app.json_values import storable
from sweeps_app.models import Project, SavedView, Sweep, User
from sweeps_app.models.identifiers import project_name_pattern
from sweeps_app.selectors.run_expressions import columns_named
from sweeps_app.selectors.run_scope import project_scope, sweep_scope
from sweeps_app.selectors.runs import RunQuery, runs_found
from sweeps_app.selectors.views import saved_views
from sweeps_app.services.locks import sweep_locked

MAX_VIEWS = 200
MAX_NAME = 100
MAX_SETTING = 10_000


@transaction.atomic
def view_save(
    *, user: User, project: Project, sweep: Sweep | None, name: str, settings: Mapping[str, str], is_default: bool
) -> tuple[SavedView, bool]:
    """Keep a view under a name, instead of the one that has it; return it, and whether it is new.

    A default view takes the place of the one before. Raises `InvalidInput` for an unusable name, for settings that make
    no sense and for more than 200 views, and `NotFound` where the sweep or project was deleted.
    """
    _check_name(name)
    given = {key: storable(value, key) for key, value in settings.items() if value}
    _check_settings(project, sweep, given)
    _lock(project, sweep)
    views = saved_views(project, sweep)
    view = views.filter(name=name).first()
    created = view is None
    if view is None:
        if views.count() >= MAX_VIEWS:
            raise InvalidInput.of("name", f"would be that of more than {MAX_VIEWS} views: delete some first")
        view = SavedView(project=project, sweep=sweep, name=name, created_by=user)
    if is_default:
        SavedView.objects.filter(project=project, sweep=sweep).update(is_default=False)
    view.settings, view.is_default = given, is_default
    view.save()
    _touch(project, sweep)
    return view, created


@transaction.atomic
def view_delete(*, project: Project, sweep: Sweep | None, name: str) -> bool:
    """Remove a view; return whether it was there."""
    _lock(project, sweep)
    removed, _ = SavedView.objects.filter(project=project, sweep=sweep, name=name).delete()
    if removed:
        _touch(project, sweep)
    return bool(removed)


def _lock(project: Project, sweep: Sweep | None) -> None:
    """Let nobody else change the views of the table; whoever does both takes the sweep first."""
    locked = sweep_locked(sweep.pk) if sweep else Project.objects.select_for_update().filter(pk=project.pk).first()
    if locked is None:
        raise NotFound("it was deleted a moment ago")


def _touch(project: Project, sweep: Sweep | None) -> None:
    """Let pages that are open show the change."""
    change = Project.next_cursor(project.pk)
    if sweep is not None:
        Sweep.objects.filter(pk=sweep.pk).update(change=change)


def _check_name(name: str) -> None:
    try:
        project_name_pattern(name)
    except ValidationError as error:
        raise InvalidInput.of("name", str(error.message)) from None
    if len(name) > MAX_NAME:
        raise InvalidInput.of("name", f"has more than {MAX_NAME} characters")


def _check_settings(project: Project, sweep: Sweep | None, settings: Mapping[str, str]) -> None:
    for key, value in settings.items():
        if key not in SavedView.SETTINGS:
            raise InvalidInput.of(key, f"is no part of a view: use {', '.join(SavedView.SETTINGS)}")
        if len(value) > MAX_SETTING:
            raise InvalidInput.of(key, f"has more than {MAX_SETTING:,} characters")
    scope = sweep_scope(sweep) if sweep else project_scope(project)
    for key in ("columns", "group"):
        columns_named(settings.get(key, ""), scope, key)
    runs_found(scope, RunQuery(query=settings.get("query", ""), state=settings.get("state", "")))
