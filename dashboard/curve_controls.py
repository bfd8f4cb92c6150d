"""The controls of curves: what can be chosen, and what is chosen in the address of the page."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.http import QueryDict

from dashboard.charts.curve_options import DEFAULT_AMOUNT, DEFAULT_LIMIT, LIMITS, read_curve_options
from sweeps_app.query.columns import FIELDS

Choices = list[tuple[str, str]]
SMOOTHINGS: Choices = [
    ("", "No smoothing"),
    ("ema", "Moving average"),
    ("gaussian", "Gaussian"),
    ("average", "Running mean"),
]
BANDS: Choices = [
    ("", "Each run"),
    ("std", "Mean, deviation"),
    ("stderr", "Mean, standard error"),
    ("minmax", "Mean, min to max"),
    ("q80", "Median, 10 to 90 %"),
    ("q50", "Median, quartiles"),
]
ALIGNS: Choices = [("", "Interpolated"), ("bin", "In bins")]
ENDS: Choices = [("", "Runs end"), ("hold", "Hold last value")]
RUNS: Choices = [("", "Over all ranks"), ("best", "Best"), ("newest", "Newest")]
_GROUPS = ("state", "host", "agent", "tags", "group", "job_type", "user")


class CurveControls(NamedTuple):
    """What the controls offer as pairs of value and label, and `now`, what is chosen by name; `metric` is what is shown
    where none is chosen.

    `groups` and `names` are empty where curves are not grouped, and `metrics` where each has a chart of its own.
    """

    now: dict[str, str]
    metric: str
    metrics: list[str]
    axes: list[str]
    names: list[str]
    smoothings: Choices = SMOOTHINGS
    bands: Choices = BANDS
    aligns: Choices = ALIGNS
    ends: Choices = ENDS
    runs: Choices = RUNS
    limits: Sequence[int] = LIMITS
    limit: int = DEFAULT_LIMIT
    amount: int = DEFAULT_AMOUNT

    @property
    def groups(self) -> Choices:
        """The columns that every run has, by which runs can be grouped."""
        return [(key, FIELDS[key].label) for key in _GROUPS]


def curve_controls(
    query: QueryDict,
    *,
    axes: Sequence[str],
    metrics: Sequence[str] = (),
    names: Sequence[str] = (),
    metric: str = "",
    view: Mapping[str, str] | None = None,
) -> CurveControls:
    """Return the controls of a page; raises `InvalidInput` where its address asks for what makes no sense.

    `axes` are the metrics that curves can be drawn over, `names` those of a config, and `metric` is shown by default.
    What the address leaves open is as in the settings of `view`.
    """
    read_curve_options(query)
    chosen = {**(view or {}), **query.dict()}
    now = {name.removeprefix("curve."): str(value) for name, value in chosen.items() if name.startswith("curve.")}
    built_in = {"metric": metric, "amount": str(DEFAULT_AMOUNT), "most": str(DEFAULT_LIMIT)}
    now |= {name: value for name, value in built_in.items() if not now.get(name)}
    return CurveControls(now, metric, list(metrics), list(axes), list(names))
