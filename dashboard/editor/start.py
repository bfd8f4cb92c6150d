"""Where a new sweep starts from: nothing, or an earlier sweep, narrowed to its best runs where that is wanted."""

import math
from typing import Any, NamedTuple

from django.http import QueryDict

from dashboard.selection.narrowing import config_of_selection
from sweeps_app.models import Sweep
from sweeps_app.query.selection import Selection
from sweeps_app.search.around import around
from sweeps_app.selectors.run_scope import sweep_scope
from sweeps_app.selectors.run_selected import selection_q
from sweeps_app.selectors.run_times import best_configs, ranked_count

BLANK = """\
# Choose in the form, or write here: both are kept in step.
method: random
metric:
  name: loss        # the name that the script logs
  goal: minimize
run_cap: 50
parameters:
  learning_rate:
    distribution: log_uniform_values
    min: 0.0001
    max: 0.1
  batch_size:
    values: [32, 64, 128]
"""
_MAX_NAME = 200


class Narrowing(NamedTuple):
    """How many of the best runs a space is narrowed to: a number, or per cent of all."""

    amount: float
    is_share: bool

    def count(self, total: int) -> int:
        """Return how many of `total` runs these are, at least one."""
        return max(1, math.ceil(total * self.amount / 100) if self.is_share else int(self.amount))


class Start(NamedTuple):
    """The configuration to begin with, and what is to be said about it."""

    config: dict[str, Any]
    notes: tuple[str, ...]


def read_narrowing(query: QueryDict) -> Narrowing | None:
    """Return the narrowing that an address asks for by `best` and `unit`; None for none, or one that makes no sense."""
    try:
        amount = float(query.get("best", "").replace("%", "").strip())
    except ValueError:
        return None
    is_share = query.get("unit") == "percent" or query.get("best", "").strip().endswith("%")
    if not amount >= (0.01 if is_share else 1) or amount > (100 if is_share else 1_000_000):
        return None
    return Narrowing(amount, is_share)


def start_from(sweep: Sweep, narrowing: Narrowing | None, selection: Selection) -> Start:
    """Return the configuration of an earlier sweep for a new one: without its seed, under another name.

    The space is narrowed to a part that was selected in its charts, and then to the best of the selected runs. Raises
    `InvalidInput` for a selection by a column that does not exist.
    """
    found = config_of_selection(sweep, selection)
    config = {key: value for key, value in found.items() if key not in ("seed", "project", "entity")}
    if config.get("name"):
        config["name"] = f"{config['name'][: _MAX_NAME - 7]} (copy)"
    without = ", without the seed: with it, the same points would be drawn again" if "seed" in sweep.config else ""
    notes = [f"Its configuration is that of {sweep}{without}."]
    if selection:
        notes.append("Its ranges are narrowed to what was selected in the charts.")
    if narrowing is None:
        return Start(config, tuple(notes))
    among = selection_q(selection, sweep_scope(sweep))
    total = ranked_count(sweep, among=among)
    if not total:
        notes.append(_why_not(sweep, is_selected=bool(selection)))
        return Start(config, tuple(notes))
    runs = best_configs(sweep, count=narrowing.count(total), among=among)
    config["parameters"] = around(config["parameters"], runs)
    of = f"{total:,} {'selected ' if selection else ''}runs by {sweep.metric_name}"
    notes.append(
        f"Its ranges are narrowed to the best {len(runs):,} of {of}, a tenth wider at either end. "
        "A narrow space cannot find what lies outside of it: look whether the best runs crowd at a bound."
    )
    return Start(config, tuple(notes))


def _why_not(sweep: Sweep, *, is_selected: bool) -> str:
    if not sweep.metric_name:
        return "It is not narrowed to the best: the sweep has no single metric that ranks its runs."
    which = "selected run" if is_selected else "run"
    return f"It is not narrowed to the best: no {which} of {sweep} has ended with a value of {sweep.metric_name}."
