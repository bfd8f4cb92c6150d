"""The ASGI application that a web server loads.

Django's views and middleware here are synchronous. Its own ASGI door would give each request a new thread and thread
hops between its middlewares; through its WSGI door, requests share threads that keep their database connection.
"""

import os
from typing import Any, cast

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from sweeps_app.config.door import Door
from sweeps_app.config.whole_body import WholeBody, with_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sweeps_app.config.settings")

# Each package has types of its own for the same protocols.
_django = Door(cast("Any", with_body(get_wsgi_application())), workers=settings.WEB_THREADS)
application = WholeBody(cast("Any", _django), settings.MAX_BODY_BYTES)
