"""What an archive holds of each table: its fields by name, and what it refers to by the ids that people know."""

from dataclasses import dataclass

from django.db.models import Model

from sweeps_app.models import (
    Agent,
    ConsoleChunk,
    HistoryChunk,
    Project,
    Result,
    Run,
    RunAttempt,
    RunFile,
    RunMetric,
    RunRung,
    SavedView,
    StoppingDecision,
    Suggestion,
    Sweep,
    SweepVersion,
    SystemChunk,
    SystemMetric,
)


@dataclass(frozen=True)
class Table:
    """A member of the archive.

    `fields` are written as they are, `data` names the field whose bytes follow a record in its frame. `sweep`, `run`,
    `suggestion` and `agent` are written as the sweep's id, the run's id, the suggestion's number and the agent's id:
    `references` says which of them there are. `left_out` is what an archive does not hold. Formats before
    version `since` have no such member, and none before version 2 has the fields that are `added`.
    """

    member: str
    model: type[Model]
    fields: tuple[str, ...]
    references: tuple[str, ...] = ()
    data: str = ""
    left_out: tuple[str, ...] = ()
    since: int = 1
    added: tuple[str, ...] = ()

    def fields_of(self, version: int) -> tuple[str, ...]:
        """Return the fields that a version of the format has."""
        return self.fields if version >= 2 else tuple(name for name in self.fields if name not in self.added)


REFERENCES = {
    "sweep": "sweep__sweep_id",
    "run": "run__run_id",
    "suggestion": "suggestion__number",
    "agent": "agent__agent_id",
}
_METRIC = ("name", "count", "last", "last_step", "minimum", "maximum")
_CHUNK = ("first_row", "rows", "min_step", "max_step", "level")

PROJECT = Table(
    "project.jsonl",
    Project,
    ("name", "description", "created_at", "archived_at", "retention_days", "author"),
    left_out=("entity", "cursor", "created_by", "oldest_cursor", "deleted_at", "import_until"),
)
SWEEPS = Table(
    "sweeps.jsonl",
    Sweep,
    (
        "sweep_id",
        "name",
        "description",
        "state",
        "method",
        "config",
        "version",
        "seed",
        "metric_name",
        "metric_goal",
        "run_cap",
        "next_number",
        "handed_out",
        "result_count",
        "is_exhausted",
        "created_at",
        "started_at",
        "finished_at",
        "author",
    ),
    left_out=(
        "project",
        "preparing_until",
        "rung_at",
        "woken",
        "request_id",
        "created_by",
        "change",
        "run_deleted_change",
        "deleted_at",
    ),
)
VERSIONS = Table(
    "versions.jsonl",
    SweepVersion,
    ("number", "first_number", "config", "created_at"),
    ("sweep",),
    left_out=("created_by",),
)
SUGGESTIONS = Table(
    "suggestions.jsonl",
    Suggestion,
    ("number", "version", "state", "config", "why", "request_id", "basis", "created_at"),
    ("sweep",),
)
AGENTS = Table(
    "agents.jsonl",
    Agent,
    (
        "agent_id",
        "name",
        "host",
        "pid",
        "state",
        "exit_reason",
        "order",
        "quarantined_at",
        "quarantine_reason",
        "runs_done",
        "runs_failed",
        "created_at",
        "heartbeat_at",
    ),
    ("sweep",),
    # Of the last three nobody asks any more: imported agents do no work.
    left_out=("job", "created_by", "quarantined_with_host", "cleared_done", "cleared_failed"),
)
RUNS = Table(
    "runs.jsonl",
    Run,
    (
        "run_id",
        "name",
        "state",
        "stop_requested",
        "stop_reason",
        "attempt",
        "history_attempt",
        "queued_at",
        "requeue_cause",
        "config",
        "summary",
        "summary_overrides",
        "objective",
        "stopping_progress",
        "history_rows",
        "last_step",
        "system_rows",
        "console_lines",
        "tags",
        "notes",
        "is_hidden",
        "group",
        "job_type",
        "host",
        "program",
        "exit_code",
        "error",
        "created_at",
        "started_at",
        "heartbeat_at",
        "finished_at",
        "author",
    ),
    ("sweep", "suggestion", "agent"),
    left_out=("project", "request_id", "created_by", "change", "deleted_at"),
    added=("is_hidden",),
)
ATTEMPTS = Table(
    "attempts.jsonl",
    RunAttempt,
    (
        "number",
        "cause",
        "state",
        "host",
        "exit_code",
        "error",
        "summary",
        "last_step",
        "started_at",
        "finished_at",
    ),
    ("run", "agent"),
    left_out=("asked_by",),
)
RESULTS = Table("results.jsonl", Result, ("number", "state", "values", "created_at"), ("sweep", "suggestion", "run"))
RUNGS = Table("rungs.jsonl", RunRung, ("band", "value"), ("sweep", "run"))
DECISIONS = Table(
    "decisions.jsonl",
    StoppingDecision,
    ("stop", "rule", "band", "iteration", "value", "threshold", "peers", "reason", "created_at"),
    ("sweep", "run"),
)
VIEWS = Table(
    "views.jsonl",
    SavedView,
    ("name", "settings", "is_default", "created_at"),
    ("sweep",),
    left_out=("project", "created_by"),
    since=2,
)
FILES = Table(
    "files.frames",
    RunFile,
    ("path", "size", "digest", "content_type", "created_at", "updated_at"),
    ("run",),
    left_out=("content",),
)
FRAMED = (
    Table("metrics.frames", RunMetric, _METRIC, ("run",), data="series"),
    Table("system_metrics.frames", SystemMetric, _METRIC, ("run",), data="series"),
    Table("history.frames", HistoryChunk, _CHUNK, ("run",), data="data"),
    Table("system.frames", SystemChunk, _CHUNK, ("run",), data="data"),
    Table("console.frames", ConsoleChunk, ("first_line", "lines"), ("run",), data="data"),
)
# In this order: each is written and read after what it refers to.
LINES = (PROJECT, SWEEPS, VERSIONS, SUGGESTIONS, AGENTS, RUNS, ATTEMPTS, RESULTS, RUNGS, DECISIONS, VIEWS)
ALL = (*LINES, *FRAMED, FILES)
MEMBERS = {version: [table.member for table in ALL if table.since <= version] for version in (1, 2)}
