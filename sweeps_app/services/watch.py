"""Parts of the server say that they are there: an outage shows as a gap, whichever of web and database was away."""

from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from sweeps_app.models import Watch
from sweeps_app.selectors.watch import MOST_SILENT

# Of many processes one writes, and the others see that it has.
FRESH = timedelta(seconds=3)


def watch_keep(*, part: str, now: datetime) -> None:
    """Note that a part of the server is there at `now`, and after a gap that it is there since then."""
    rows = Watch.objects.filter(part=part)
    watch = rows.first()
    if watch is not None and watch.heartbeat_at > now - FRESH:
        return
    if rows.filter(heartbeat_at__gte=now - MOST_SILENT).update(heartbeat_at=now):
        return
    Watch.objects.bulk_create(
        [Watch(part=part, since=now, heartbeat_at=now)],
        update_conflicts=True,
        unique_fields=["part"],
        update_fields=["since", "heartbeat_at"],
    )


def web_watch_keep() -> None:
    """Note that the web is there, in a thread that does so again and again: a lost connection is replaced."""
    close_old_connections()
    try:
        connection.ensure_connection()  # which may take long: the moment that counts is the one after it
        watch_keep(part=Watch.Part.WEB, now=timezone.now())
    except DatabaseError:
        connection.close()
        raise
