"""What the environment says: server, key, defaults."""

import os
from dataclasses import dataclass

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
    silent: bool = False
    agent_gives_up: bool = True
    finish_timeout: float = 60.0

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
            silent=_flag("SWEEPDECK_SILENT"),
            agent_gives_up=not _flag("SWEEPDECK_AGENT_DISABLE_FLAPPING"),
            finish_timeout=_seconds("SWEEPDECK_FINISH_TIMEOUT", 60.0),
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
