"""What charts of one analysis share: the metric that it is of, and why there may be nothing to draw yet."""

from typing import NamedTuple

from dashboard.charts.figure import Chart
from sweeps_app.analysis.results import Importance

RETRY_AFTER = 2.0


class Analysed(NamedTuple):
    """An analysis of a metric, None until a worker has computed the first; `is_fresh` when it has seen all runs."""

    metric: str
    importance: Importance | None
    is_fresh: bool

    @property
    def retry_after(self) -> float | None:
        """After how many seconds there may be a newer one."""
        return None if self.is_fresh else RETRY_AFTER

    def nothing(self, why: str = "") -> Chart:
        """Return the chart that says why nothing is drawn: `why`, unless there is a better reason."""
        if self.importance is None:
            return Chart("", message="A worker is computing the importance of the parameters…", retry_after=RETRY_AFTER)
        return Chart("", message=self.importance.warning or why, retry_after=self.retry_after)
