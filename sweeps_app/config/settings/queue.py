"""Celery: a door-bell. The database holds every job; a lost message is made good by the reconciler."""

import sys

from kombu import Exchange, Queue

from sweeps_app.config.settings.core import DATA_DIR, PUBLIC_URL, env

WORKER_SLOTS = env["SWEEPDECK_WORKER_SLOTS"]
WORKER_QUEUES = env["SWEEPDECK_WORKER_QUEUES"]
WORKER_GPUS = env["SWEEPDECK_WORKER_GPUS"]
# Reconciliation and analyses need a place even while every slot runs an agent job.
SERVICE_THREADS = 2

_FOLDER = str(DATA_DIR / "broker")

IS_EMBEDDED_BROKER = not env["SWEEPDECK_BROKER_URL"]
CELERY_BROKER_URL = env["SWEEPDECK_BROKER_URL"] or "filesystem://localhost//"
# The address alone would choose kombu's own.
CELERY_BROKER_TRANSPORT = "sweeps_app.config.folder_broker:Transport" if IS_EMBEDDED_BROKER else None
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
# Who rings for a job names its queue; the server's own tasks go to the first.
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), routing_key=name) for name in (CELERY_TASK_DEFAULT_QUEUE, *WORKER_QUEUES)
]
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
    "retain": {"task": "sweeps_app.tasks.retain", "schedule": 3600.0, "options": {"expires": 3600}},
    "tidy_files": {"task": "sweeps_app.tasks.tidy_files", "schedule": 6 * 3600.0, "options": {"expires": 3600}},
    "merge": {"task": "sweeps_app.tasks.merge_chunks", "schedule": 10.0, "options": {"expires": 10}},
}

PROGRAM_ROOTS = env["SWEEPDECK_PROGRAM_ROOTS"]
PROGRAM_GIT = env["SWEEPDECK_PROGRAM_GIT"]
SECRETS_DIR = env["SWEEPDECK_SECRETS_DIR"]

WORKER_BASE_URL = env["SWEEPDECK_WORKER_BASE_URL"] or PUBLIC_URL
# What any agent job may execute besides the programs of its project; a browser chooses a name, never a command.
AGENT_PROGRAMS = {"digits": [sys.executable, "-m", "sweeps_app.programs.digits"]}
