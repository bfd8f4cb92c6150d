"""The configuration of a run: the client wraps each value, and keeps facts of its own among them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sweeps_app.wandb_api.translation.values import read_object, write_json

_OWN = "_wandb"
_VERSION = "wandb_version"
_MAX_WRITER = 64


class ClientConfig(NamedTuple):
    """What the user has configured, and what the client keeps for itself; the latter is None where it says nothing."""

    config: dict[str, Any]
    meta: dict[str, Any] | None


def read_config(text: str | None) -> ClientConfig | None:
    """Return what a config in the client's form holds, None where there is none; raises `InvalidInput`."""
    if text is None:
        return None
    given = {name: _bare(value) for name, value in read_object(text, "config").items() if name != _VERSION}
    meta = given.pop(_OWN, None)
    return ClientConfig(given, meta if isinstance(meta, dict) else None)


def write_config(config: Mapping[str, Any], meta: Mapping[str, Any]) -> str:
    """Return a config in the client's form."""
    values = {name: {"value": value} for name, value in config.items()}
    return write_json(values | ({_OWN: {"value": meta}} if meta else {}))


def wrapped(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a configuration as an agent takes it."""
    return {name: {"value": value} for name, value in config.items()}


def writer_of(meta: Mapping[str, Any] | None) -> str:
    """Return what tells the process that writes a run from an earlier one, empty where it does not say."""
    return str((meta or {}).get("start_time") or "")[:_MAX_WRITER]


def _bare(value: Any) -> Any:
    return (
        value["value"] if isinstance(value, dict) and "value" in value and value.keys() <= {"value", "desc"} else value
    )
