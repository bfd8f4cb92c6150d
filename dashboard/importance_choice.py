"""What a viewer has chosen to see of a sweep's importance: it lives in the address of the page."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict

from dashboard.selection.reading import selection_of
from sweeps_app.models import Sweep
from sweeps_app.query.selection import NOTHING_SELECTED, Selection
from sweeps_app.selectors.analysed_runs import target_names
from sweeps_app.selectors.axes import parameter_axes
from sweeps_app.selectors.trials import metric_names_of

MAX_TARGETS = 6
ALL_RUNS = "all"
_FIELDS = ("target", "parameter", "with", "of")


class ImportanceChoice(NamedTuple):
    """The metric, the parameter whose dependence is drawn, and one that it is drawn with; empty for the default.

    `of` is "all" where the analysis is of all runs, whatever is selected.
    """

    target: str
    parameter: str
    other: str
    of: str

    def given(self) -> dict[str, str]:
        """Return what was chosen, by its name in an address."""
        return {name: value for name, value in zip(_FIELDS, self, strict=True) if value}

    def query(self) -> str:
        """Return it as the query of an address, with its question mark; nothing where all is as by default."""
        return f"?{urlencode(given)}" if (given := self.given()) else ""

    def targets(self, sweep: Sweep) -> tuple[str, ...]:
        """Return the metrics to show: the chosen one, else those that the sweep pursues; an empty name for none."""
        return (self.target,) if self.target else metric_names_of(sweep.config)[:MAX_TARGETS] or ("",)


def followed_selection(query: QueryDict) -> Selection:
    """Return the selection that the analysis follows, the empty one where it is of all runs; raises `InvalidInput`."""
    return NOTHING_SELECTED if query.get("of") == ALL_RUNS else selection_of(query)


class ImportanceOptions(NamedTuple):
    """What can be chosen; the `pursued` metrics come first among the `targets`. `kept` is the rest of the address."""

    choice: ImportanceChoice
    pursued: tuple[str, ...]
    targets: list[str]
    parameters: list[str]
    kept: list[tuple[str, str]]


def read_choice(query: QueryDict) -> ImportanceChoice:
    """Return what an address asks for."""
    return ImportanceChoice(*(query.get(name, "").replace("\x00", "") for name in _FIELDS))


def importance_options(sweep: Sweep, query: QueryDict) -> ImportanceOptions:
    """Return what the controls of the page offer."""
    return ImportanceOptions(
        choice=read_choice(query),
        pursued=metric_names_of(sweep.config),
        targets=target_names(sweep),
        parameters=[axis.name for axis in parameter_axes(sweep.config)],
        kept=[(name, query.get(name, "")) for name in query if name not in (*_FIELDS, "fragments")],
    )
