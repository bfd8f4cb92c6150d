"""People, teams, and the server itself."""

from typing import Any

from sweeps_app.errors import NotFound
from sweeps_app.models import Entity, Membership, User
from sweeps_app.selectors.access import default_entity, memberships_of, visible_entities
from sweeps_app.selectors.keys import valid_keys
from sweeps_app.wandb_api.binding import resolves, resolves_each
from sweeps_app.wandb_api.context import Context
from sweeps_app.wandb_api.paging import by, whole
from sweeps_app.wandb_api.translation.keys import entity_key, internal_key

_MAX_KEYS = 100
# The range of clients that this server serves.
_VERSIONS = {"min_cli_version": "0.8.0", "max_cli_version": "0.99.0"}


@resolves("Query", "viewer")
def viewer(_: Any, context: Context) -> User:
    """Return the person whose key was sent."""
    return context.user


@resolves("Query", "user")
def user(_: Any, context: Context, user_name: str | None = None) -> User | None:
    """Return oneself; other people are nobody's business."""
    return context.user if user_name in (None, context.user.username) else None


@resolves("Query", "users")
def users(_: Any, context: Context, query: str | None = None) -> dict[str, Any]:
    """Return oneself where the name or address fits."""
    fits = not query or query in (context.user.username, context.user.email)
    return whole([context.user] if fits else [])


@resolves("Query", "entity")
def entity(_: Any, context: Context, name: str | None = None) -> Entity | None:
    """Return an entity that one belongs to, one's own where none is named; null for others."""
    if not name:
        return _default(context.user)
    return visible_entities(context.user).filter(name=name).first()


@resolves("Query", "serverInfo")
def server_info(_: Any, __: Context) -> dict[str, Any]:
    """Return what the client asks the server about itself; every optional feature is off."""
    return {"cliVersionInfo": _VERSIONS, "latestLocalVersionInfo": None, "features": []}


@resolves("Query", "serverSettings")
def server_settings(_: Any, __: Context) -> dict[str, Any]:
    """Return the messages that the client is to show: none."""
    return {"serverMessages": []}


@resolves("User", "apiKeys")
def api_keys(person: User, context: Context) -> dict[str, Any]:
    """Return one's own keys, by name and beginning."""
    return whole(list(valid_keys(person)[:_MAX_KEYS]) if person == context.user else [])


@resolves("Entity", "members")
def members(parent: Entity, _: Context) -> list[dict[str, Any]]:
    """Return who belongs to an entity."""
    found = Membership.objects.filter(entity=parent).select_related("user").order_by("user__username")
    return [
        {
            "id": internal_key("User", member.user.pk),
            "admin": member.role == Membership.Role.ADMIN,
            "pending": False,
            "email": member.user.email,
            "username": member.user.username,
            "name": _name(member.user),
            "accountType": "MEMBER",
        }
        for member in found
    ]


def _default(person: User) -> Entity | None:
    try:
        return default_entity(person)
    except NotFound:
        return None


def _default_name(person: User) -> str | None:
    found = _default(person)
    return None if found is None else found.name


def _name(person: User) -> str:
    return person.get_full_name() or person.username


resolves_each(
    "User",
    {
        "id": lambda person: internal_key("User", person.pk),
        "name": _name,
        "admin": lambda person: person.is_superuser,
        "flags": lambda _: "{}",
        "entity": _default_name,
        "defaultEntity": _default,
        "createdAt": by("date_joined"),
        "capabilities": lambda _: [],
        "teams": lambda person: whole([membership.entity for membership in memberships_of(person)]),
        "deletedAt": lambda _: None,
        "photoUrl": lambda _: None,
    },
)
resolves_each(
    "ApiKey",
    {
        "id": lambda key: internal_key("ApiKey", key.pk),
        "name": lambda key: f"{key.prefix}…",
        "description": lambda key: key.name,
    },
)
resolves_each(
    "Entity",
    {
        "id": lambda parent: entity_key(parent.name),
        "available": lambda _: False,
        "readOnly": lambda _: False,
        "readOnlyAdmin": lambda _: False,
        "isTeam": lambda parent: parent.owner_id is None,
        "entityType": lambda parent: "team" if parent.owner_id is None else "user",
        "settings": lambda _: {"codeSavingEnabled": False},
        "codeSavingEnabled": lambda _: False,
        "isPaid": lambda _: True,
        "privateOnly": lambda _: True,
        "defaultAccess": lambda _: "PRIVATE",
        "organization": lambda _: None,
        "storageBytes": lambda _: None,
        "photoUrl": lambda _: None,
    },
)
