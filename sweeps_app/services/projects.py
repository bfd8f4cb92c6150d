"""Projects: make and change."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Project, User
from sweeps_app.models.identifiers import project_name_pattern
from sweeps_app.selectors.access import entity_get

DEFAULT_PROJECT = "uncategorized"


@transaction.atomic
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
    return Project.objects.select_related("entity").get_or_create(
        entity=entity_get(user, entity_name),
        name=name,
        defaults={"description": description, "created_by": user},
    )


@transaction.atomic
def project_update(*, project: Project, description: str | None = None, archived: bool | None = None) -> Project:
    """Change what is given, and return the project as stored."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if description is not None:
        locked.description = description
    if archived is not None and archived != (locked.archived_at is not None):
        locked.archived_at = timezone.now() if archived else None
    locked.cursor += 1
    locked.save(update_fields=["description", "archived_at", "cursor"])
    return locked
