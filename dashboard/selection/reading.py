"""The selection that an address carries, for every view that shows runs of a sweep."""

from django.db.models import QuerySet
from django.http import QueryDict

from sweeps_app.models import Run, Sweep
from sweeps_app.query.selection import Selection
from sweeps_app.selectors.run_selected import selected_runs, selection_named

PARAMETER = "sel"


def selection_of(options: QueryDict) -> Selection:
    """Return the selection of an address, the empty one where it has none; raises `InvalidInput`, naming `sel`."""
    return selection_named(options.get(PARAMETER, ""))


def runs_of(sweep: Sweep, options: QueryDict) -> QuerySet[Run] | None:
    """Return the runs of a sweep that an address selects, None for all of them; raises `InvalidInput`.

    What a chart shows comes from here: `run_columns` and `sweep_curves` take the result as `among`.
    """
    selection = selection_of(options)
    return selected_runs(sweep, selection) if selection else None
