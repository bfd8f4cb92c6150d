"""The ASGI application that a web server loads.

Django's views and middleware here are synchronous. Its own ASGI door would give each request a new thread and thread
hops between its middlewares; through its WSGI door, requests share threads that keep their database connection.
"""

import os
import re
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from sweeps_app.config.door import Door
from sweeps_app.config.events import Events
from sweeps_app.config.pulse import Pulse
from sweeps_app.config.waiting import Watcher
from sweeps_app.config.whole_body import Scope, WholeBody, with_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sweeps_app.config.settings")

_ARCHIVE = "/api/v1/projects/import"
_FILE = re.compile("/(?:api/v1/runs/[^/]+/[^/]+/[^/]+/files|files/[^/]+/[^/]+/[^/]+)/.")


def largest_body(scope: Scope) -> int:
    """Return how many bytes the body of a request may have: files and archives more than anything else."""
    limit: int = settings.MAX_BODY_BYTES
    if scope["method"] == "PUT" and _FILE.match(scope["path"]):
        limit = settings.MAX_FILE_BYTES
    elif scope["method"] == "POST" and scope["path"] == _ARCHIVE:
        limit = settings.MAX_ARCHIVE_BYTES
    return limit


# Each package has types of its own for the same protocols.
_wsgi = with_body(get_wsgi_application())
door = Door(
    cast("Any", _wsgi),
    workers=settings.WEB_THREADS,
    watcher=Watcher(import_string(settings.NEWS)),
    events=Events(import_string(settings.MARKS), limit=settings.MAX_STREAMS, limit_each=settings.MAX_STREAMS_EACH),
)
answering = WholeBody(cast("Any", door), largest_body)
# In the threads of the views: where these are all stuck, nobody is heard, and nothing may be noted.
application = Pulse(answering, partial(door.call, import_string(settings.PULSE)))
