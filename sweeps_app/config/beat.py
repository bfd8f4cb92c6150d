"""The Celery application as beat needs it: the settings alone.

It loads neither models nor tasks, which halves its memory and the time to start.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sweeps_app.config.settings")

app = Celery("sweepdeck", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
