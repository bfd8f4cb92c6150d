"""For whom a command imports."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from sweeps_app.models import Membership, User


def add_owner_arguments(parser: ArgumentParser) -> None:
    """Add the options that say to whom what is imported belongs."""
    parser.add_argument("--entity", required=True, help="the person or team that is to own the project")
    parser.add_argument("--user", help="who imports; by default the entity's owner, or else its first admin")


def owner_of(entity: str, name: str | None) -> User:
    """Return the member of an entity who imports; raises `CommandError` where there is none of that name."""
    members = Membership.objects.filter(entity__name=entity).select_related("user", "entity")
    if name is not None:
        members = members.filter(user__username=name)
    found = sorted(members, key=lambda m: (m.entity.owner_id != m.user_id, m.role != Membership.Role.ADMIN, m.pk))
    if not found:
        raise CommandError(f"entity '{entity}' has no member{f' {name!r}' if name else ''}: see Entities in the admin")
    return found[0].user
