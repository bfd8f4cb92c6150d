"""What a sweep's search knows at some moment: enough to make every suggestion again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from sweeps_app.json_values import number_or_none
from sweeps_app.models import Run, Suggestion, Sweep, SweepVersion
from sweeps_app.search.space import space_from_config
from sweeps_app.search.trials import Trial
from sweeps_app.selectors.trial_log import ended_trials

Values = tuple[float | None, ...]


@dataclass(frozen=True)
class Basis:
    """The first `results` results of a sweep, and the numbers of the suggestions without a result then.

    `values` are those of running runs, by number, and are only there where the config asks for them.
    """

    results: int = 0
    pending: tuple[int, ...] = ()
    values: Mapping[int, Values] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        stored: dict[str, Any] = {"results": self.results, "pending": list(self.pending)}
        return stored | ({"values": {str(n): list(v) for n, v in self.values.items()}} if self.values else {})

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Basis":
        """Return the basis that `to_json` stored."""
        values = {int(number): tuple(found) for number, found in stored.get("values", {}).items()}
        return cls(stored.get("results", 0), tuple(stored.get("pending", ())), values)


def metric_names_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the metrics that a sweep pursues: none, one, or several."""
    several = config.get("metrics") or []
    one = config.get("metric")
    return tuple(metric["name"] for metric in (several or ([one] if one else [])))


def result_values(run: Run, config: Mapping[str, Any]) -> Values:
    """Return the run's value of each metric of its sweep, None where it is no finite number."""
    return tuple(number_or_none(run.summary.get(name)) for name in metric_names_of(config))


def basis_now(sweep: Sweep) -> Basis:
    """Return what is known of a sweep; the caller holds its row's lock, so that nothing changes meanwhile."""
    pending = {
        *_open_suggestions(sweep).values_list("number", flat=True),
        *sweep.suggestions.filter(state=Suggestion.State.PREPARED).values_list("number", flat=True),
    }
    values: dict[int, Values] = {}
    if (sweep.config.get("metric") or {}).get("impute_while_running") not in (None, False, "false"):
        running = sweep.runs.filter(state__in=Run.ACTIVE_STATES, suggestion__isnull=False).select_related("suggestion")
        values = {run.suggestion.number: result_values(run, sweep.config) for run in running if run.suggestion}
    return Basis(sweep.result_count, tuple(sorted(pending)), values)


def trials_known(sweep: Sweep, basis: Basis, version: SweepVersion) -> list[Trial]:
    """Return the trials of a basis by number; those of earlier versions only where they fit the space of this one."""
    found = ended_trials(sweep, basis.results)
    pending = sweep.suggestions.filter(number__in=basis.pending).values_list("number", "config")
    for number, tried in pending:
        found[number] = Trial(number, tried, "running", tuple(basis.values.get(number, ())))
    trials = [found[number] for number in sorted(found)]
    if version.number == 1:
        return trials
    space = space_from_config(version.config)
    return [trial for trial in trials if space.contains(dict(trial.config))]


def _open_suggestions(sweep: Sweep) -> QuerySet[Suggestion]:
    return sweep.suggestions.filter(state=Suggestion.State.CLAIMED, run__state__in=Run.ACTIVE_STATES)
