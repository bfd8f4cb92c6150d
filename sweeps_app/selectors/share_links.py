"""Share links: of a sweep, and whether one still works."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import Q, QuerySet

from sweeps_app.errors import NotFound
from sweeps_app.models import Membership, ShareLink, Sweep


class Ending(StrEnum):
    """Why a link shows nothing any more."""

    EXPIRED = "expired"
    REVOKED = "revoked"
    DELETED = "deleted"
    MAKER_LEFT = "maker_left"
    TURNED_OFF = "turned_off"


def share_links(sweep: Sweep) -> QuerySet[ShareLink]:
    """Return the links of a sweep, newest first, those that have ended included."""
    return ShareLink.objects.filter(sweep=sweep).select_related("created_by").order_by("-created_at", "-pk")


def working_links(sweep: Sweep, now: datetime) -> QuerySet[ShareLink]:
    """Return the links of a sweep that are neither revoked nor expired."""
    return share_links(sweep).filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


def share_link_get(sweep: Sweep, share_id: str) -> ShareLink:
    """Return a link of a sweep that the caller may see; raises `NotFound`."""
    link = share_links(sweep).filter(share_id=share_id).first()
    if link is None:
        raise NotFound(f"sweep '{sweep.sweep_id}' has no share link '{share_id}'")
    return link


def ending_of(link: ShareLink, now: datetime) -> Ending | None:
    """Return why a link has ended, None while it works."""
    if link.revoked_at is not None:
        return Ending.REVOKED
    if not settings.SHARING:
        return Ending.TURNED_OFF
    if link.expires_at is not None and link.expires_at <= now:
        return Ending.EXPIRED
    sweep = link.sweep
    if sweep.deleted_at is not None or sweep.project.deleted_at is not None:
        return Ending.DELETED
    maker = Membership.objects.filter(entity=sweep.project.entity_id, user=link.created_by_id, user__is_active=True)
    return None if maker.exists() else Ending.MAKER_LEFT


def longest_life() -> timedelta | None:
    """Return how long a new link may work, None for as long as anybody likes."""
    return timedelta(days=settings.SHARE_MAX_DAYS) if settings.SHARE_MAX_DAYS else None
