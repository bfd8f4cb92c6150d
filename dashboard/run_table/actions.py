"""What can be done to the runs that are selected in a table: one entry each; a further action is a further entry."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from dashboard.charts.figure import plural
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Project, User
from sweeps_app.services.bulk import RunsChange, runs_stop, runs_update
from sweeps_app.services.deletion import runs_delete
from sweeps_app.services.retry import runs_retry_selected

Values = Mapping[str, str]


class BulkAction(NamedTuple):
    """An action on many runs.

    `perform` returns how many runs it has changed, of which `done` tells what they are now. `field` names what the
    viewer is asked for first, with `label` and `explanation`; `confirm` is what the viewer has to agree to.
    """

    name: str
    text: str
    icon: str
    perform: Callable[[User, Project, Sequence[str], Values], int]
    done: str
    field: str = ""
    label: str = ""
    explanation: str = ""
    confirm: str = ""


def _tags(values: Values) -> list[str]:
    tags = [tag.strip() for tag in values.get("tags", "").split(",") if tag.strip()]
    if not tags:
        raise InvalidInput.of("tags", "are missing: write some, with commas between them")
    return tags


def _update(project: Project, run_ids: Sequence[str], **change: Any) -> int:
    return runs_update(project=project, run_ids=run_ids, change=RunsChange(**change))


_ACTIONS = (
    BulkAction(
        name="tag",
        text="Tag",
        icon="tag",
        perform=lambda _user, project, ids, values: _update(project, ids, add_tags=_tags(values)),
        done="tagged",
        field="tags",
        label="Tags",
        explanation="Several with commas between them. Runs with the tag keep are never deleted by their age.",
    ),
    BulkAction(
        name="untag",
        text="Untag",
        icon="tag",
        perform=lambda _user, project, ids, values: _update(project, ids, remove_tags=_tags(values)),
        done="without these tags now",
        field="tags",
        label="Tags to take away",
        explanation="Several with commas between them.",
    ),
    BulkAction(
        name="note",
        text="Note",
        icon="note",
        perform=lambda _user, project, ids, values: _update(project, ids, notes=values.get("notes", "")),
        done="with this note now",
        field="notes",
        label="Note",
        explanation="It replaces the notes that the runs have.",
    ),
    BulkAction(
        name="hide",
        text="Hide from charts",
        icon="hidden",
        perform=lambda _user, project, ids, _: _update(project, ids, hidden=True),
        done="left out of charts",
    ),
    BulkAction(
        name="unhide",
        text="Show in charts",
        icon="view",
        perform=lambda _user, project, ids, _: _update(project, ids, hidden=False),
        done="shown in charts again",
    ),
    BulkAction(
        name="stop",
        text="Stop",
        icon="stop",
        perform=lambda _user, project, ids, _: runs_stop(project=project, run_ids=ids),
        done="told to stop",
        confirm="Those that are under way end at their next report. This cannot be undone.",
    ),
    BulkAction(
        name="retry",
        text="Try again",
        icon="reset",
        perform=lambda user, project, ids, _: runs_retry_selected(project=project, run_ids=ids, user=user),
        done="waiting for an agent",
        confirm="Those that have failed, crashed or were stopped are given to the next agents. Others are passed over.",
    ),
    BulkAction(
        name="delete",
        text="Delete",
        icon="trash",
        perform=lambda _user, project, ids, _: runs_delete(project=project, run_ids=ids),
        done="deleted",
        confirm="All that they logged will be gone; what searches have learned of them stays. This cannot be undone.",
    ),
)
ACTIONS = {action.name: action for action in _ACTIONS}


def act(action: BulkAction, *, user: User, project: Project, parts: Sequence[Sequence[str]], values: Values) -> str:
    """Do an action to runs, each part of their ids in a transaction of its own, and return what to say of it."""
    changed = sum(action.perform(user, project, part, values) for part in parts)
    return f"{plural(changed, 'run')} {'is' if changed == 1 else 'are'} {action.done}."
