"""The configuration of a sweep over what is selected of another one."""

from typing import Any

from sweeps_app.models import Sweep
from sweeps_app.query.selection import Clause, Labels, Numbers, Selection
from sweeps_app.search.narrowing import Wanted, narrowed
from sweeps_app.selectors.run_selected import selected_runs, value_of_label
from sweeps_app.selectors.run_values import config_value
from sweeps_app.selectors.sweeps import parameter_paths

MAX_SEEN = 20_000
_CONFIG = "config."


def config_of_selection(sweep: Sweep, selection: Selection) -> dict[str, Any]:
    """Return the normalised config of a sweep, its space narrowed to a selection.

    A parameter that a clause is about is narrowed to that clause. If anything else is selected by (a metric, an
    outline, single runs), each other parameter is narrowed to the values between which the selected runs lie: the
    newest 20,000 of them. Raises `InvalidInput` for a column that does not exist.
    """
    if not selection:
        return dict(sweep.config)
    paths = parameter_paths(sweep)
    own = {name: clause for clause in selection.clauses if (name := _parameter(clause)) in paths}
    configs = list(selected_runs(sweep, selection).order_by("-pk").values_list("config", flat=True)[:MAX_SEEN])
    by_others = len(own) < len(selection.clauses)
    wanted = {}
    for name, path in paths.items():
        found = (config_value(config, [path]) for config in configs)
        seen = tuple(value for value in found if value is not None)
        clause = own.get(name)
        if isinstance(clause, Numbers) and clause.spans:
            wanted[name] = Wanted(spans=clause.spans, seen=seen)
        elif isinstance(clause, Labels) and clause.labels:
            wanted[name] = Wanted(values=tuple(map(value_of_label, clause.labels)), seen=seen)
        elif clause is None and by_others and seen:
            wanted[name] = Wanted(seen=seen)
    return narrowed(sweep.config, wanted)


def _parameter(clause: Clause) -> str:
    """Return the parameter that a clause is about, "" where it is about something else."""
    if not isinstance(clause, Numbers | Labels) or not clause.key.startswith(_CONFIG):
        return ""
    return clause.key.removeprefix(_CONFIG)
