"""The columns of a table of runs, and the keys that name them in addresses, queries and files."""

from dataclasses import dataclass
from enum import StrEnum

from sweeps_app.query.tokens import named


class Kind(StrEnum):
    """What a column holds: `JSON` is anything that a config or a summary may hold."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    TIME = "time"
    DURATION = "duration"
    TAGS = "tags"
    FLAG = "flag"
    JSON = "json"


@dataclass(frozen=True)
class Field:
    """A column that every run has."""

    key: str
    label: str
    kind: Kind


FIELDS = {
    field.key: field
    for field in (
        Field("name", "Run", Kind.TEXT),
        Field("run_id", "Id", Kind.TEXT),
        Field("state", "State", Kind.CHOICE),
        Field("sweep", "Sweep", Kind.TEXT),
        Field("agent", "Agent", Kind.TEXT),
        Field("objective", "Objective", Kind.NUMBER),
        Field("runtime", "Runtime", Kind.DURATION),
        Field("created_at", "Created", Kind.TIME),
        Field("started_at", "Started", Kind.TIME),
        Field("finished_at", "Finished", Kind.TIME),
        Field("heartbeat_at", "Last heard of", Kind.TIME),
        Field("host", "Host", Kind.TEXT),
        Field("tags", "Tags", Kind.TAGS),
        Field("notes", "Notes", Kind.TEXT),
        Field("group", "Group", Kind.TEXT),
        Field("job_type", "Job type", Kind.TEXT),
        Field("program", "Program", Kind.TEXT),
        Field("user", "User", Kind.TEXT),
        Field("rows", "Rows", Kind.NUMBER),
        Field("last_step", "Last step", Kind.NUMBER),
        Field("exit_code", "Exit code", Kind.NUMBER),
        Field("error", "Error", Kind.TEXT),
        Field("hidden", "Hidden", Kind.FLAG),
    )
}
ALIASES = {"id": "run_id", "created": "created_at", "started": "started_at", "finished": "finished_at"}
# What a metric was at the end, at its least, at its greatest, and the one of these that its goal prefers.
FIGURES = {"last": "Last", "min": "Min", "max": "Max", "best": "Best"}
VALUES = {"config": "Config", "summary": "Summary"}


@dataclass(frozen=True)
class Column:
    """A column: `source` is "field", "config", "summary" or one of `FIGURES`, `name` what of it."""

    source: str
    name: str

    @property
    def key(self) -> str:
        """What addresses, queries and files call it."""
        return self.name if self.source == "field" else f"{self.source}.{self.name}"

    @property
    def label(self) -> str:
        """What its head says."""
        if self.source == "field":
            return FIELDS[self.name].label
        return self.name if self.source in VALUES else f"{FIGURES[self.source].lower()} {self.name}"

    @property
    def kind(self) -> Kind:
        """What it holds."""
        if self.source == "field":
            return FIELDS[self.name].kind
        return Kind.JSON if self.source in VALUES else Kind.NUMBER


def column_of(key: str) -> Column | None:
    """Return the column that a whole key names, None where there is no such column."""
    key = ALIASES.get(key, key)
    if key in FIELDS:
        return Column("field", key)
    source, _, name = key.partition(".")
    is_known = source in VALUES or source in FIGURES
    return Column(source, name) if is_known and is_usable(name) else None


def is_usable(name: str) -> bool:
    """Tell whether a name inside of a config or summary can be asked for: SQLite's paths have no quotation marks."""
    return bool(name) and not set(name) & {'"', "\x00", "`"}


def split_keys(text: str) -> list[str]:
    """Return the keys of a comma-separated list; one that holds a comma stands in backticks."""
    keys, key, is_quoted = [], "", False
    for sign in text:
        if sign == "`":
            is_quoted = not is_quoted
        elif sign == "," and not is_quoted:
            keys.append(key.strip())
            key = ""
        else:
            key += sign
    return [found for found in [*keys, key.strip()] if found]


def join_keys(keys: list[str]) -> str:
    """Return a list of keys as `split_keys` reads it."""
    return ",".join(f"`{key}`" if "," in key else key for key in keys)


def written(column: Column) -> str:
    """Return a column as a query writes it."""
    return named(column.key)


def no_such_column(key: str) -> str:
    """Return what is wrong with a key that names no column."""
    values = ", ".join(f"{source}.…" for source in (*VALUES, *FIGURES))
    return f"'{key}' is no column: use one of {', '.join(FIELDS)}, {values}"
