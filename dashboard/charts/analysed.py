"""What charts of one analysis share: the metric that it is of, and why there may be nothing to draw yet."""

from typing import NamedTuple

from dashboard.charts.figure import Chart, plural
from sweeps_app.analysis.results import Importance

RETRY_AFTER = 2.0
_SELECTED = "This is of the selected runs alone: select more, or let it be of all runs."


class Analysed(NamedTuple):
    """An analysis of a metric, None until a worker has computed the first; `is_fresh` when it has seen all runs.

    `is_of_selection` where it is of the selected runs alone.
    """

    metric: str
    importance: Importance | None
    is_fresh: bool
    is_of_selection: bool = False

    @property
    def retry_after(self) -> float | None:
        """After how many seconds there may be a newer one."""
        return None if self.is_fresh else RETRY_AFTER

    def counted(self, runs: int) -> str:
        """Return so many runs in words that say whether they were selected."""
        return plural(runs, "selected run" if self.is_of_selection else "run")

    def nothing(self, why: str = "") -> Chart:
        """Return the chart that says why nothing is drawn: `why`, unless there is a better reason."""
        if self.importance is None:
            among = " among the selected runs" if self.is_of_selection else ""
            message = f"A worker is computing the importance of the parameters{among}…"
            return Chart("", message=message, retry_after=RETRY_AFTER)
        hint = f" {_SELECTED}" if self.is_of_selection else ""
        return Chart("", message=(self.importance.warning or why) + hint, retry_after=self.retry_after)
