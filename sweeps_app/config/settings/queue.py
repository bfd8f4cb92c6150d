"""Celery: a door-bell. The database holds every job; a lost message is made good by the reconciler."""

import sys

from sweeps_app.config.settings.core import DATA_DIR, PUBLIC_URL, env

WORKER_SLOTS = env["SWEEPDECK_WORKER_SLOTS"]
# Reconciliation and analyses need a place even while every slot runs an agent job.
SERVICE_THREADS = 2

_FOLDER = str(DATA_DIR / "broker")

IS_EMBEDDED_BROKER = not env["SWEEPDECK_BROKER_URL"]
CELERY_BROKER_URL = env["SWEEPDECK_BROKER_URL"] or "filesystem://localhost//"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "data_folder_in": _FOLDER,
        "data_folder_out": _FOLDER,
        "control_folder": f"{_FOLDER}-control",
        "polling_interval": 0.2,
    }
    if IS_EMBEDDED_BROKER
    else {}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ROUTES = {"sweeps_app.tasks.run_agent_job": {"queue": "agents"}}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = WORKER_SLOTS + SERVICE_THREADS
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "reconcile": {"task": "sweeps_app.tasks.reconcile", "schedule": 10.0, "options": {"expires": 10}},
}

WORKER_BASE_URL = env["SWEEPDECK_WORKER_BASE_URL"] or PUBLIC_URL
# What an agent job may execute; a browser chooses a name, never a command.
AGENT_PROGRAMS = {"digits": [sys.executable, "-m", "sweeps_app.programs.digits"]}
