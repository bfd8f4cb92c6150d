"""What the environment says: server, key, defaults."""

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_BASE_URL = "http://127.0.0.1:8000"
_TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True)
class Settings:
    """The settings of this process; docs/sdk.md explains each."""

    base_url: str = DEFAULT_BASE_URL
    api_key: str = ""
    entity: str = ""
    project: str = ""
    sweep_id: str = ""
    agent_count: int | None = None
    job_id: str = ""
    secret_names: tuple[str, ...] = ()
    run_id: str = ""
    run_attempt: int | None = None
    agent_pid: int | None = None
    silent: bool = False
    agent_gives_up: bool = True
    finish_timeout: float = 60.0
    mode: str = "online"
    spool_dir: Path = Path("~/.cache/sweepdeck/spool")
    spool_max_mb: int = 10_000
    console: str = "wrap"
    console_max_mb: int = 20
    system_seconds: float = 10.0
    distributed: str = "auto"

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the `SWEEPDECK_` variables as they are now."""
        env = os.environ.get
        return cls(
            base_url=(env("SWEEPDECK_BASE_URL") or DEFAULT_BASE_URL).strip().rstrip("/"),
            api_key=env("SWEEPDECK_API_KEY", "").strip(),
            entity=env("SWEEPDECK_ENTITY", "").strip(),
            project=env("SWEEPDECK_PROJECT", "").strip(),
            sweep_id=env("SWEEPDECK_SWEEP_ID", "").strip(),
            agent_count=_count("SWEEPDECK_AGENT_COUNT"),
            job_id=env("SWEEPDECK_JOB_ID", "").strip(),
            secret_names=tuple(filter(None, map(str.strip, env("SWEEPDECK_SECRET_NAMES", "").split(",")))),
            run_id=env("SWEEPDECK_RUN_ID", "").strip(),
            run_attempt=_count("SWEEPDECK_RUN_ATTEMPT"),
            agent_pid=_count("SWEEPDECK_AGENT_PID"),
            silent=_flag("SWEEPDECK_SILENT"),
            agent_gives_up=not _flag("SWEEPDECK_AGENT_DISABLE_FLAPPING"),
            finish_timeout=_seconds("SWEEPDECK_FINISH_TIMEOUT", 60.0),
            mode=env("SWEEPDECK_MODE", "").strip().lower() or "online",
            spool_dir=_spool_dir(),
            spool_max_mb=_count("SWEEPDECK_SPOOL_MAX_MB") or 10_000,
            console=env("SWEEPDECK_CONSOLE", "").strip().lower() or "wrap",
            console_max_mb=_count("SWEEPDECK_CONSOLE_MAX_MB") or 20,
            system_seconds=_seconds("SWEEPDECK_SYSTEM_SECONDS", 10.0),
            distributed=env("SWEEPDECK_DISTRIBUTED", "").strip().lower() or "auto",
        )


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in _TRUE


def _count(name: str) -> int | None:
    text = os.environ.get(name, "").strip()
    return int(text) if text.isdecimal() and int(text) > 0 else None


def _seconds(name: str, default: float) -> float:
    try:
        return max(0.0, float(os.environ.get(name, default)))
    except ValueError:
        return default


def _spool_dir() -> Path:
    """Return the folder of spools; a "~" is left in it, since a process may have no home folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "").strip() or "~/.cache")
    given = os.environ.get("SWEEPDECK_SPOOL_DIR", "").strip()
    return Path(given) if given else cache / "sweepdeck" / "spool"
