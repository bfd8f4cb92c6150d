"""Share links: make, open, revoke."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from sweeps_app.errors import Conflict, Forbidden, InvalidInput, NotFound
from sweeps_app.json_values import storable
from sweeps_app.models import ShareLink, Sweep, User
from sweeps_app.models.key import key_digest
from sweeps_app.models.share_link import new_token
from sweeps_app.selectors.share_links import Ending, ending_of, longest_life, share_links, working_links
from sweeps_app.services.locks import sweep_locked

MAX_LINKS = 100
MAX_NAME = 100
DEFAULT_DAYS = 7


@dataclass(frozen=True)
class MadeLink:
    """A link with its token, which is not kept and cannot be shown again, and whether the link is new."""

    link: ShareLink
    token: str
    created: bool


@dataclass(frozen=True)
class OpenedLink:
    """A link that somebody has opened, and why it shows nothing, None where it works."""

    link: ShareLink
    ending: Ending | None


@transaction.atomic
def share_create(*, user: User, sweep: Sweep, name: str = "", days: int | None, request_id: str = "") -> MadeLink:
    """Make a link to a sweep that works for so many days, None for until it is revoked.

    Sent again with the same `request_id`, the same link is returned with a new token, and the former token, which
    nobody has got, ends: so a repeat leaves one link that works. Raises `Forbidden` where sharing is turned off,
    `InvalidInput` for a name or a life that cannot be, and for more than 100 working links of one sweep, `Conflict` for
    a `request_id` whose link has ended, and `NotFound` where the sweep was deleted.
    """
    now = timezone.now()
    _check(name, days)
    if sweep_locked(sweep.pk) is None:
        raise NotFound("it was deleted a moment ago")
    token = new_token()
    if request_id and (known := share_links(sweep).filter(created_by=user, request_id=request_id).first()):
        if ending_of(known, now) is not None:
            raise Conflict("the link of this request_id has ended: use another request_id for a new one")
        known.digest = key_digest(token)
        known.save(update_fields=["digest"])
        return MadeLink(known, token, created=False)
    if working_links(sweep, now).count() >= MAX_LINKS:
        raise InvalidInput.of("name", f"would be that of more than {MAX_LINKS} working links: revoke some first")
    link = ShareLink.objects.create(
        sweep=sweep,
        name=storable(name.strip(), "name"),
        digest=key_digest(token),
        request_id=request_id,
        created_by=user,
        created_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    return MadeLink(link, token, created=True)


def share_open(*, token: str, now: datetime, counts: bool = True) -> OpenedLink:
    """Return the link with this token and count that it was opened, if it works and that `counts`; raises `NotFound`.

    The database compares digests, of which nobody can choose the beginning: how long it takes tells nothing of a token.
    """
    rows = ShareLink.objects.select_related("sweep__project__entity", "sweep__created_by", "created_by")
    link = rows.filter(digest=key_digest(token)).first()
    if link is None:
        raise NotFound("there is no such link")
    ending = ending_of(link, now)
    if ending is None and counts:
        ShareLink.objects.filter(pk=link.pk).update(uses=F("uses") + 1, last_used_at=now)
    return OpenedLink(link, ending)


def share_revoke(*, link: ShareLink) -> None:
    """Make a link useless from now on; revoking it again changes nothing."""
    ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())


def _check(name: str, days: int | None) -> None:
    if not settings.SHARING:
        raise Forbidden("sharing is turned off on this server (SWEEPDECK_SHARING)")
    if len(name) > MAX_NAME:
        raise InvalidInput.of("name", f"has more than {MAX_NAME} characters")
    longest = longest_life()
    if longest is not None and (days is None or days > longest.days):
        raise InvalidInput.of("days", f"must be 1 to {longest.days}: links live no longer on this server")
    if days is not None and not 1 <= days <= 3650:
        raise InvalidInput.of("days", "must be 1 to 3650, or null for a link that works until it is revoked")
