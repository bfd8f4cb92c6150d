"""What people say of a run: its name, tags and notes, edited by several at once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from sweeps_app.errors import Conflict, InvalidInput, NotFound
from sweeps_app.models import Run
from sweeps_app.services.bulk import MAX_NOTES, MAX_TAG, MAX_TAGS
from sweeps_app.services.runs import RunDetails, run_update

MAX_NAME = 200
FIELDS = ("name", "tags", "notes")


@dataclass(frozen=True)
class Description:
    """What a run is called, labelled with, and said of in Markdown."""

    name: str
    tags: list[str]
    notes: str


def mark_of(value: str | list[str]) -> str:
    """Return a short text that stands for what an editor has seen of a field, and for nothing else."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]


def run_marks(run: Run) -> dict[str, str]:
    """Return the marks of a run's fields as they are now."""
    return {field: mark_of(_shown(run, field)) for field in FIELDS}


@transaction.atomic
def run_describe(*, run: Run, wanted: Description, seen: Mapping[str, str], overwrite: bool = False) -> list[str]:
    """Change what the editor has changed of a run, and return the names of the fields that are others now.

    `seen` are the marks of the fields as the editor found them. A field that was left as it was found is not touched,
    and one that already is as wanted is no change, so that sending the same again does no harm. Raises `Conflict` where
    somebody else has changed a field meanwhile that the editor changed too, unless it is to `overwrite` that, and
    `InvalidInput` for what is too long.
    """
    checked = _checked(wanted)
    locked = Run.objects.select_for_update(of=("self",)).filter(pk=run.pk).first()
    if locked is None:
        raise NotFound(f"run '{run.run_id}' has been deleted meanwhile")
    edited = {field: value for field, value in checked.items() if mark_of(value) != seen.get(field)}
    changed = {field: value for field, value in edited.items() if value != _shown(locked, field)}
    disputed = [field for field in changed if mark_of(_shown(locked, field)) != seen.get(field)]
    if disputed and not overwrite:
        raise Conflict(
            f"Somebody else has changed the {' and the '.join(disputed)} since you began, and nothing was saved. "
            "Copy what you wrote, close this and begin again from theirs, or tick that yours is to replace theirs."
        )
    if changed:
        run_update(run=locked, details=RunDetails(**changed))
    return list(changed)


def _shown(run: Run, field: str) -> Any:
    """Return a field as a form shows it: a run without a name has its id, and lines end as browsers read them."""
    shown = {"name": str(run), "tags": run.tags, "notes": run.notes.replace("\r\n", "\n")}
    return shown[field]


def _checked(wanted: Description) -> dict[str, Any]:
    name, tags = wanted.name.strip(), list(dict.fromkeys(tag.strip() for tag in wanted.tags if tag.strip()))
    if not 0 < len(name) <= MAX_NAME:
        raise InvalidInput.of("name", f"must have 1 to {MAX_NAME} characters")
    if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in tags):
        raise InvalidInput.of("tags", f"must be at most {MAX_TAGS}, of at most {MAX_TAG} characters each")
    if len(wanted.notes) > MAX_NOTES:
        raise InvalidInput.of("notes", f"have more than {MAX_NOTES:,} characters")
    return {"name": name, "tags": tags, "notes": wanted.notes.replace("\r\n", "\n")}
