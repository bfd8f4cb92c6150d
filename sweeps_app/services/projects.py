"""Projects: make and change."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Project, User
from sweeps_app.models.identifiers import project_name_pattern
from sweeps_app.selectors.access import entity_get, project_find

DEFAULT_PROJECT = "uncategorized"
MAX_RETENTION_DAYS = 36_500


def project_create(
    *, user: User, name: str, entity_name: str | None = None, description: str = ""
) -> tuple[Project, bool]:
    """Return the project `name`, and whether this call made it.

    Raises `NotFound` for an entity that `user` does not belong to and `InvalidInput` for an unusable name.
    """
    try:
        project_name_pattern(name)
    except ValidationError as error:
        raise InvalidInput.of("project", str(error.message)) from None
    found = project_find(user, name, entity_name)
    if found is not None:
        return found, False
    return Project.objects.select_related("entity").get_or_create(
        entity=entity_get(user, entity_name),
        name=name,
        defaults={"description": description, "created_by": user},
    )


@transaction.atomic
def project_update(
    *,
    project: Project,
    description: str | None = None,
    archived: bool | None = None,
    retention_days: int | None = None,
) -> Project:
    """Change what is given, and return the project as stored.

    Runs are deleted `retention_days` after they have ended; 0 keeps them for ever. Raises `InvalidInput` for a number
    of days that is negative or beyond a hundred years.
    """
    if retention_days is not None and not 0 <= retention_days <= MAX_RETENTION_DAYS:
        raise InvalidInput.of("retention_days", f"must be 0 (for ever) to {MAX_RETENTION_DAYS:,}")
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if description is not None:
        locked.description = description
    if archived is not None and archived != (locked.archived_at is not None):
        locked.archived_at = timezone.now() if archived else None
    if retention_days is not None:
        locked.retention_days = retention_days or None
    locked.cursor += 1
    locked.save(update_fields=["description", "archived_at", "retention_days", "cursor"])
    return locked
