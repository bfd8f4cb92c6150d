"""SQLite in WAL mode by default, PostgreSQL when `SWEEPDECK_DATABASE_URL` names one."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import environ

from sweeps_app.config.settings.core import DATA_DIR, env

# IMMEDIATE takes the write lock when a transaction begins: a lock taken half-way cannot wait for its turn.
_SQLITE: dict[str, Any] = {
    "ENGINE": "sweeps_app.config.sqlite",
    "NAME": str(DATA_DIR / "sweepdeck.sqlite3"),
    # Each thread of a server keeps its connection.
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;"
            "PRAGMA synchronous=NORMAL;"
            "PRAGMA mmap_size=134217728;"
            "PRAGMA journal_size_limit=67108864;"
            "PRAGMA cache_size=-16000;"
        ),
    },
    # A file, since threads of one test must meet as connections of different processes do.
    "TEST": {"NAME": str(Path(tempfile.gettempdir()) / f"sweepdeck-test-{os.getpid()}.sqlite3")},
}


def _from_url(url: str) -> dict[str, Any]:
    database: dict[str, Any] = environ.Env.db_url_config(url)
    pool = {"min_size": 1, "max_size": env["SWEEPDECK_DATABASE_POOL"], "timeout": 30}
    # The pool waits ever longer from attempt to attempt, and whoever wants a connection with it. Past these seconds it
    # begins anew, so that a database is found soon after it is back, however long it was away.
    pool |= {"reconnect_timeout": 5}
    # Only what asks for it is prepared (`models/kept_plans.py`), however often the rest comes.
    prepares = {"prepare_threshold": sys.maxsize if env["SWEEPDECK_DATABASE_PREPARE"] else None}
    options = {"connect_timeout": 10, **database.get("OPTIONS", {}), **prepares, "pool": pool}
    return {**database, "OPTIONS": options}


_URL = env["SWEEPDECK_DATABASE_URL"]
DATABASES = {"default": _from_url(_URL) if _URL else _SQLITE}
