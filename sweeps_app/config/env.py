"""Every setting that the environment can give, with its default and meaning.

This table is the only place that names them: `.env.example` is checked against it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ

BASE_DIR = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, type, default, and what it is for."""

    name: str
    cast: Callable[..., Any]
    default: Any
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("SWEEPDECK_DATA_DIR", str, "", "Folder of the database, keys and logs. Default: var/ in the checkout."),
    Setting("SWEEPDECK_PUBLIC_URL", str, "http://127.0.0.1:8000", "The address that browsers and agents use."),
    Setting(
        "SWEEPDECK_DATABASE_URL",
        str,
        "",
        "postgres://user:password@host:5432/name. Default: SQLite in the data folder.",
    ),
    Setting("SWEEPDECK_DATABASE_POOL", int, 10, "PostgreSQL connections that one process keeps at the most."),
    Setting(
        "SWEEPDECK_BROKER_URL",
        str,
        "",
        "redis://host:6379/0 or amqp://... Default: an embedded broker in the data folder.",
    ),
    Setting("SWEEPDECK_SECRET_KEY", str, "", "Signs sessions. Default: made once and kept in the data folder."),
    Setting(
        "SWEEPDECK_ALLOWED_HOSTS",
        list,
        [],
        "Further host names, comma-separated, that the server answers to.",
    ),
    Setting(
        "SWEEPDECK_BEHIND_PROXY",
        bool,
        False,
        "Trust X-Forwarded-Proto: set it only behind a proxy that sets that header.",
    ),
    Setting("SWEEPDECK_MAX_BODY_BYTES", int, 16 * 1024 * 1024, "Largest request body, in bytes."),
    Setting("SWEEPDECK_RUN_TIMEOUT", int, 300, "Seconds without a heartbeat after which a run counts as crashed."),
    Setting("SWEEPDECK_WORKER_SLOTS", int, 4, "Agent jobs that one worker runs at once."),
    Setting(
        "SWEEPDECK_WORKER_BASE_URL",
        str,
        "",
        "The address under which agent jobs reach the server. Default: the public one.",
    ),
    Setting("SWEEPDECK_LOG_LEVEL", str, "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting("SWEEPDECK_DEBUG", bool, False, "Django's debug pages. For development only."),
)


def read_environment(dotenv: Path | None = None) -> environ.Env:
    """Return the typed environment, after loading `dotenv` (default: `.env` of the checkout) where it exists.

    Variables already set win over the file.
    """
    env = environ.Env(**{setting.name: (setting.cast, setting.default) for setting in SETTINGS})
    path = dotenv or BASE_DIR / ".env"
    if path.is_file():
        env.read_env(str(path))
    return env


def kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, made on first use and readable by its owner only.

    Two processes that start at once agree: the file appears under its name complete, or not at all.
    """
    if not path.exists():
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
    return path.read_text().strip()
