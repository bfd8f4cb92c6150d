"""Values that a column is known to have, for the completion of queries: those of some of the newest runs."""

from typing import Any

from sweeps_app.query.columns import Column, Kind
from sweeps_app.selectors.access import SHOWN_WITH_RUN
from sweeps_app.selectors.run_scope import RunScope
from sweeps_app.selectors.run_values import run_values

MAX_VALUES = 50
_LOOKED_AT = 200


def known_values(scope: RunScope, column: Column) -> list[str | float | bool]:
    """Return the distinct values of a column in the newest runs, at most 50: texts and flags, or numbers in order.

    Numbers are only told where they are few: of a continuous parameter nobody picks one from a list.
    """
    if column.kind not in (Kind.TEXT, Kind.TAGS, Kind.JSON):
        return []
    newest = scope.runs.order_by("-pk").select_related(*SHOWN_WITH_RUN)[:_LOOKED_AT]
    found: dict[tuple[type, Any], str | float | bool] = {}
    for (value,) in run_values(list(newest), [column], scope):
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, str | bool | int | float):
                found[type(entry), entry] = entry
    numbers = sorted(value for value in found.values() if not isinstance(value, str | bool))
    others = [value for value in found.values() if isinstance(value, str | bool)]
    return [*others, *(numbers if len(numbers) <= MAX_VALUES else [])][:MAX_VALUES]
