"""What an analysis of importance has found, as plain values that can be stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ImportanceRow:
    """One parameter.

    `importance` is its share of what a forest uses to predict runs that it has not seen, 0..1; `low` and `high` bound
    it with 95 % confidence. `correlation` is Pearson's r of a number (its logarithm on a log scale) with the metric
    over the `runs` that have it, `spearman` the same of ranks; a category has no direction, but `eta`, the correlation
    ratio: the share of the variance between its values, as a root, freed from chance.
    """

    parameter: str
    importance: float
    correlation: float | None
    low: float
    high: float
    spearman: float | None = None
    eta: float | None = None
    kind: Literal["number", "category"] = "number"
    runs: int = 0


@dataclass(frozen=True, slots=True)
class Dependence:
    """Partial dependence: what the forest predicts on average when all runs get the same value of one parameter.

    One entry a value in each: `ticks` are numbers, or the labels of a category; `low` and `high` bound `means` with
    95 % confidence; `near` counts the runs within a tenth of the range, or with that label. Where that is too few,
    `supported` is false: the forest extrapolates there.
    """

    parameter: str
    kind: Literal["number", "category"]
    log: bool
    ticks: tuple[float | str, ...]
    means: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    near: tuple[int, ...]
    supported: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Interaction:
    """Two parameters whose effect depends on one another.

    `strength` is the share of the metric's variance, in runs that the forest has not seen, that neither explains
    without the other; `low` and `high` bound it with 95 % confidence. `means[i][j]` is the partial dependence at
    `first_ticks[i]` and `second_ticks[j]`, None where there are no runs; `near` counts those.
    """

    first: str
    second: str
    strength: float
    low: float
    high: float
    first_ticks: tuple[float | str, ...]
    second_ticks: tuple[float | str, ...]
    means: tuple[tuple[float | None, ...], ...]
    near: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Importance:
    """Parameters, the most important first; the importances sum to 1, or are all 0 when nothing was found.

    `runs` is how many runs had a finite value, `r2` the share of the variance that the forest explains in runs that
    it has not seen, between `r2_low` and `r2_high` with 95 % confidence. `warning` says in a sentence why the ranking
    is missing or to be doubted, `notes` what else one has to know of the runs; `constant` names the parameters that had
    the same value in all of them.
    """

    rows: tuple[ImportanceRow, ...]
    runs: int
    r2: float | None
    warning: str | None
    r2_low: float | None = None
    r2_high: float | None = None
    notes: tuple[str, ...] = ()
    constant: tuple[str, ...] = ()
    dependence: tuple[Dependence, ...] = ()
    interactions: tuple[Interaction, ...] = ()


def importance_from_json(stored: Mapping[str, Any]) -> Importance:
    """Return what `dataclasses.asdict` has made plain values of."""
    made = {
        "rows": tuple(ImportanceRow(**row) for row in stored["rows"]),
        "dependence": tuple(Dependence(**_tuples(found)) for found in stored["dependence"]),
        "interactions": tuple(Interaction(**_tuples(found)) for found in stored["interactions"]),
    }
    return Importance(**(_tuples(stored) | made))


def _tuples(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _tuple(value) for name, value in stored.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(item) for item in value) if isinstance(value, list) else value
