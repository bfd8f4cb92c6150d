"""Whether a part of the server has been there for those who are silent now."""

from datetime import datetime, timedelta

from sweeps_app.models import Watch

# A part of which nothing was noted for so long was away.
MOST_SILENT = timedelta(seconds=30)


def is_watched(part: str, *, since: datetime, now: datetime) -> bool | None:
    """Tell whether a part has been there from `since` until `now`; None where it has never said that it was."""
    watch = Watch.objects.filter(part=part).first()
    return None if watch is None else watch.since <= since and watch.heartbeat_at >= now - MOST_SILENT
