"""What there is to ask about in a table of runs: names, and what some columns can have."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sweeps_app.query.columns import ALIASES, FIELDS, FIGURES, Column, column_of, is_usable

_MAX_CANDIDATES = 5_000


@dataclass(frozen=True)
class Catalogue:
    """The names of parameters (`config`), of summary values and of metrics that the runs are known to have.

    They are taken from a part of the runs, so that others may have more. `choices` holds all values of the columns
    that have few, by key; `goals` tells which metrics have a best value.
    """

    config: Collection[str] = ()
    summary: Collection[str] = ()
    goals: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Collection[str]] = field(default_factory=dict)

    def find(self, name: str) -> Column | None:
        """Return the column that a name means: a whole key, else a parameter, else a summary value of that name."""
        column = column_of(name)
        if column is not None:
            return column
        if not is_usable(name):
            return None
        if name in self.config:
            return Column("config", name)
        return Column("summary", name) if name in self.summary else None

    def knows(self, column: Column) -> bool:
        """Tell whether some run is known to have the column."""
        if column.source == "field":
            return True
        return column.name in (self.config if column.source == "config" else self.summary)

    def all_keys(self) -> list[str]:
        """Return the keys of all columns that are known."""
        figures = [f"{source}.{name}" for source in ("last", "min", "max") for name in self.summary]
        best = [f"best.{name}" for name in self.goals]
        values = [f"config.{name}" for name in self.config] + [f"summary.{name}" for name in self.summary]
        return [*values, *FIELDS, *best, *figures]

    def nearest(self, name: str) -> str:
        """Return the known name that is nearest to one that is not, "" where none is near."""
        source, _, inner = name.partition(".")
        is_key = source in ("config", "summary", *FIGURES) and inner
        known = self.all_keys() if is_key else [*self.config, *self.summary, *FIELDS, *ALIASES]
        return nearest(name, known)


def nearest(word: str, known: Collection[str]) -> str:
    """Return the text of `known` that is nearest to a word, "" where none is near."""
    if len(word) > 100 or len(known) > _MAX_CANDIDATES:
        return ""
    lower = {text.lower(): text for text in known}
    found = difflib.get_close_matches(word.lower(), list(lower), n=1, cutoff=0.6)
    return lower[found[0]] if found else ""
