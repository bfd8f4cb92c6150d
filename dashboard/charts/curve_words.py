"""The parts of the sentences that say what curves show, and of how many runs."""

from dashboard.charts.curve_options import CurveOptions
from dashboard.charts.figure import of_total, plural
from sweeps_app.selectors.curves import SweepCurves

_CHOICES = {
    "spread": "evenly over the ranks of the objective, the best and those under way among them",
    "best": "the best, and those under way",
    "newest": "the newest, the best and those under way among them",
}
_SMOOTHINGS = {
    "ema": "by an exponential moving average of weight {weight}",
    "gaussian": "by a gaussian of {points}",
    "average": "by the mean of {points}",
}


def chosen_words(found: SweepCurves) -> str:
    """Return "5 runs", or of how many they are which."""
    shown = len(found.curves)
    of_all = of_total(shown, found.total)
    placeless = f", {found.placeless:,} without a place on the axis" if found.placeless else ""
    if shown + found.placeless + found.hidden >= found.total:
        return f"{of_all}{placeless}"
    return f"{of_all} ({_CHOICES[found.choice.which]}){placeless}"


def hidden_words(found: SweepCurves) -> str:
    """Return how many runs the viewer has hidden."""
    return f", {found.hidden:,} hidden" if found.hidden else ""


def group_words(options: CurveOptions) -> str:
    """Return what runs are grouped by."""
    return (
        f", grouped by {options.group.label.lower() if options.group.source == 'field' else options.group.label},"
        if options.group is not None
        else ""
    )


def smoothing_words(options: CurveOptions) -> str:
    """Return how curves are smoothed."""
    if options.smoothing is None or not options.smoothing.amount:
        return ""
    amount = options.smoothing.amount
    how = _SMOOTHINGS[options.smoothing.method].format(points=plural(amount, "point"), weight=amount / 100)
    return f"; smoothed {how}"
