"""Every setting that the environment can give, with its default and meaning.

This table is the only place that names them: `.env.example` is checked against it.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from sweeps_app.config import values

BASE_DIR = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, how its text is read, its default, and what it is for."""

    name: str
    read: Callable[[str], Any]
    default: Any
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "SWEEPDECK_DATA_DIR",
        values.text,
        "",
        "Folder of the database, keys and logs. Default: var/ in the checkout.",
    ),
    Setting(
        "SWEEPDECK_PUBLIC_URL",
        values.web_address,
        "http://127.0.0.1:8000",
        "The address that browsers and agents use; https:// turns on secure cookies, redirects and HSTS.",
    ),
    Setting(
        "SWEEPDECK_DATABASE_URL",
        values.database_address,
        "",
        "postgres://user:password@host:5432/name. Default: SQLite in the data folder.",
    ),
    Setting(
        "SWEEPDECK_DATABASE_POOL",
        values.whole_number(1),
        10,
        "PostgreSQL connections that one process keeps at the most.",
    ),
    Setting(
        "SWEEPDECK_DATABASE_PREPARE",
        values.flag,
        True,
        "Let PostgreSQL keep the plans of frequent statements; false behind a pooler that takes no prepared ones.",
    ),
    Setting(
        "SWEEPDECK_BROKER_URL",
        values.broker_address,
        "",
        "redis://host:6379/0 or amqp://user:password@host//. Default: an embedded broker in the data folder.",
    ),
    Setting("SWEEPDECK_SECRET_KEY", values.text, "", "Signs sessions. Default: made once and kept in the data folder."),
    Setting(
        "SWEEPDECK_ALLOWED_HOSTS",
        values.names,
        [],
        "Further host names, comma-separated, that the server answers to.",
    ),
    Setting(
        "SWEEPDECK_BEHIND_PROXY",
        values.flag,
        False,
        "Trust X-Forwarded-Proto: set it only behind a proxy that sets that header.",
    ),
    Setting("SWEEPDECK_MAX_BODY_BYTES", values.whole_number(1), 16 * 1024 * 1024, "Largest request body, in bytes."),
    Setting(
        "SWEEPDECK_FILES_URL",
        values.storage_address,
        "",
        "s3://KEY:SECRET@host/bucket/folder?region=NAME, or s3+http:// without TLS: keeps files of runs there. "
        "Default: the data folder.",
    ),
    Setting("SWEEPDECK_MAX_FILE_BYTES", values.whole_number(1), 100 * 1024 * 1024, "Largest file of a run, in bytes."),
    Setting(
        "SWEEPDECK_MAX_ARCHIVE_BYTES",
        values.whole_number(1),
        4 * 1024**3,
        "Largest project archive that is taken over HTTP, in bytes.",
    ),
    Setting(
        "SWEEPDECK_SHARING",
        values.flag,
        True,
        "Let people make links that show a sweep without an account; false ends all links at once.",
    ),
    Setting(
        "SWEEPDECK_SHARE_MAX_DAYS",
        values.whole_number(0),
        90,
        "Days that a new share link may work at the most; 0 for no limit.",
    ),
    Setting(
        "SWEEPDECK_RUN_TIMEOUT",
        values.whole_number(1),
        300,
        "Seconds without a heartbeat after which a run is lost: given to another agent, or crashed.",
    ),
    Setting("SWEEPDECK_WORKER_SLOTS", values.whole_number(1), 4, "CPU slots that the agent jobs of one worker share."),
    Setting(
        "SWEEPDECK_WORKER_QUEUES",
        values.queues,
        ["agents"],
        "Queues, comma-separated, whose agent jobs this worker takes.",
    ),
    Setting(
        "SWEEPDECK_WORKER_GPUS",
        values.names,
        ["auto"],
        "Graphics cards that this worker gives to agent jobs: auto, none, or a list such as 0,1,2,3.",
    ),
    Setting(
        "SWEEPDECK_WORKER_BASE_URL",
        values.web_address,
        "",
        "The address under which agent jobs reach the server. Default: the public one.",
    ),
    Setting(
        "SWEEPDECK_PROGRAM_ROOTS",
        values.folders,
        [],
        "Folders, comma-separated, under which programs of agent jobs may lie. Default: none, so no folders.",
    ),
    Setting(
        "SWEEPDECK_PROGRAM_GIT",
        values.names,
        [],
        "Beginnings, comma-separated, of the addresses of git repositories that agent jobs may run. Default: none.",
    ),
    Setting(
        "SWEEPDECK_SECRETS_DIR",
        values.folder,
        None,
        "Folder on a worker's machine with one file for each secret of agent jobs. Default: no secrets.",
    ),
    Setting("SWEEPDECK_LOG_LEVEL", values.log_level, "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting("SWEEPDECK_DEBUG", values.flag, False, "Django's debug pages. For development only."),
)


def read_environment(dotenv: Path | None = None) -> dict[str, Any]:
    """Return the value of every setting, after loading `dotenv` (default: `.env` of the checkout) where it exists.

    Variables already set win over the file; an empty one counts as not set. Raises `ImproperlyConfigured` that names
    every variable whose value makes no sense.
    """
    _load(dotenv or BASE_DIR / ".env")
    found: dict[str, Any] = {}
    problems: list[str] = []
    for setting in SETTINGS:
        value = os.environ.get(setting.name, "").strip()
        try:
            found[setting.name] = setting.read(value) if value else setting.default
        except ValueError as error:
            problems.append(f"{setting.name} {error}")
    if problems:
        raise ImproperlyConfigured("; ".join(problems))
    return found


def _load(dotenv: Path) -> None:
    if not dotenv.is_file():
        return
    if not os.access(dotenv, os.R_OK):
        raise ImproperlyConfigured(f"cannot read {dotenv}: change its permissions")
    environ.Env.read_env(str(dotenv))


def kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, made on first use and readable by its owner only.

    Two processes that start at once agree: the file appears under its name complete, or not at all. Raises
    `ImproperlyConfigured` where the folder cannot be used.
    """
    try:
        if not path.exists():
            _make_secret(path)
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"cannot write to {path.parent} ({error.strerror}): make it writable, or set SWEEPDECK_DATA_DIR to another "
            "folder"
        ) from None


def _make_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(64))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
