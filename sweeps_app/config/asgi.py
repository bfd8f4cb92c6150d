"""The ASGI application that a web server loads."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from sweeps_app.config.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sweeps_app.config.settings")

application = BodyLimit(get_asgi_application(), settings.MAX_BODY_BYTES)
