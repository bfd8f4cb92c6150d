"""The Celery application; its settings are Django's `CELERY_*`."""

import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sweeps_app.config.settings")

app = Celery("sweepdeck")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["sweeps_app"])

if settings.IS_EMBEDDED_BROKER:
    for folder in ("data_folder_in", "control_folder"):
        Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS[folder])).mkdir(parents=True, exist_ok=True)
