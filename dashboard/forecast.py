"""When a sweep will end, told from its last runs and those under way; pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.formatting import duration

MIN_RUNS = 3  # runs before their pace says anything


@dataclass(frozen=True)
class Forecast:
    """In how many `seconds` the last run ends, if each takes as long as the last `runs` did, and `at_once` go on."""

    seconds: float
    each: float
    at_once: int
    runs: int

    @property
    def basis(self) -> str:
        """Return in words what it was told from."""
        return f"{duration(self.each)} a run, {self.at_once:,} at a time, as the last {self.runs:,} went"


def forecast(durations: Sequence[float], ages: Sequence[float], left: int) -> Forecast | None:
    """Return when the last of `left` runs will end, those under way among them; None where that cannot be told.

    `durations` are the seconds that the last runs took, `ages` those that the ones under way have taken so far. What
    counts is how long runs take, not how many ended since the start: pauses are no part of that, and there are as many
    at a time as there are now. What is left to compute is shared out evenly; but where runs have not begun, the end is
    a whole run after the next one that becomes free.
    """
    at_once = min(len(ages), left)
    if len(durations) < MIN_RUNS or at_once == 0:
        return None
    each = sum(durations) / len(durations)
    under_way = [max(each - age, 0.0) for age in ages[:left]]
    waiting = left - at_once
    shared = (sum(under_way) + waiting * each) / at_once
    longest = max(under_way) if waiting == 0 else min(under_way) + each
    return Forecast(max(shared, longest), each, at_once, len(durations))
