"""The keys by which clients of Weights & Biases name what a run has, as columns and values inside of JSON."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils.dateparse import parse_datetime

from sweeps_app.errors import InvalidInput
from sweeps_app.selectors.json_sql import JsonFlag, JsonNumber, JsonText

FIELDS = {
    "state": "state",
    "name": "run_id",
    "display_name": "name",
    "displayname": "name",
    "sweep": "sweep__sweep_id",
    "sweep_name": "sweep__sweep_id",
    "group": "group",
    "job_type": "job_type",
    "jobtype": "job_type",
    "username": "created_by__username",
    "user": "created_by__username",
    "host": "host",
    "notes": "notes",
    "description": "notes",
    "created_at": "created_at",
    "createdat": "created_at",
    "updated_at": "heartbeat_at",
    "heartbeat_at": "heartbeat_at",
    "heartbeatat": "heartbeat_at",
    "finished_at": "finished_at",
}
DATES = ("created_at", "heartbeat_at", "finished_at")


def text_of(key: str) -> Combinable:
    """Return what a key names, as text."""
    column = FIELDS.get(key.lower())
    return F(column) if column is not None else JsonText(*json_path(key))


def values_of(key: str) -> list[F | JsonNumber | JsonText | JsonFlag]:
    """Return what to sort by, so that a key's values are in order."""
    column = FIELDS.get(key.lower())
    if column is not None:
        return [F(column)]
    path = json_path(key)
    return [JsonNumber(*path), JsonText(*path), JsonFlag(*path)]


def json_path(key: str) -> tuple[str, tuple[str, ...]]:
    """Return column and path of a value inside of a run's config or summary; raises `InvalidInput` for no such key."""
    section, _, name = key.partition(".")
    if not name or '"' in name or "\x00" in name:
        section = ""
    if section == "config":
        parts = name.split(".")
        # `config.lr.value` and `config.model.value.depth` are how the client's server stores them.
        return "config", tuple(part for place, part in enumerate(parts) if place != 1 or part != "value")
    if section in ("summary_metrics", "summaryMetrics", "summary"):
        return "summary", (name,)
    known = ", ".join(sorted({"tags", *FIELDS}))
    raise InvalidInput.of(f"filters.{key}", f"is not known: use {known}, config.NAME or summary_metrics.NAME")


def operand(column: str, value: Any) -> Any:
    """Return a value as it is compared with a column; raises `InvalidInput`."""
    if column not in DATES:
        return str(value)
    time = parse_datetime(str(value)) if isinstance(value, str) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        time = datetime.fromtimestamp(value, UTC)
    if time is None:
        raise InvalidInput.of(f"filters.{column}", "is compared with a time, such as 2026-01-31T12:00:00Z")
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def number(value: Any) -> float | None:
    """Return a number, None for anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None
