"""A run of a sweep as a controller sees it."""

from collections.abc import Mapping
from typing import Any

from sweepdeck._api import Client, path

ACTIVE_STATES = frozenset({"pending", "running", "preempting"})
QUEUED = "queued"
_PAGE_ROWS = 10_000


class KnownRun:
    """What is known of one run: configuration, state, results.

    A configuration that no agent has taken yet is here, too: its `state` is "queued", its `id` an empty text.
    """

    def __init__(self, client: Client, data: Mapping[str, Any], metric: str) -> None:
        self._client, self._data, self._metric = client, data, metric
        self._read: list[float] = []
        self._last: list[float] = []
        self._after, self._rows = -1, 0

    def learn(self, data: Mapping[str, Any]) -> None:
        """Take what the server says now."""
        self._data = data

    @property
    def id(self) -> str:
        """The run's id, unique in its project."""
        return str(self._data.get("run_id", ""))

    @property
    def name(self) -> str:
        """The name shown on the pages."""
        return str(self._data.get("name", ""))

    @property
    def config(self) -> dict[str, Any]:
        """The configuration that it runs under."""
        return dict(self._data["config"])

    @property
    def state(self) -> str:
        """The state of the run, such as "running", "finished" or "failed", or "queued"."""
        return str(self._data["state"])

    @property
    def is_active(self) -> bool:
        """Whether the run is under way, and has not been asked to stop."""
        return self.state in ACTIVE_STATES and not self._data["stop_requested"]

    @property
    def summary(self) -> dict[str, Any]:
        """One value a metric, by dotted name."""
        return dict(self._data.get("summary", {}))

    @property
    def objective(self) -> float | None:
        """The value of the sweep's metric, or None where there is no finite one."""
        value = self._data.get("objective")
        return None if value is None else float(value)

    @property
    def history(self) -> list[float]:
        """All values of the sweep's metric in the order of their steps; asks the server for those that are new.

        Raises `CommError` where it cannot be reached.
        """
        stored = self._data.get("history_rows", 0)
        if self._metric and stored > self._rows:
            self._read_on()
            self._rows = stored
        return self._read + self._last

    def _read_on(self) -> None:
        """Read what comes after the pages that were full: of the last page only a full one tells where it ends."""
        place = f"/runs{path(self._data['entity'], self._data['project'], self.id)}/history"
        while True:
            page = self._client.call(
                "GET", f"{place}?metrics={path(self._metric)[1:]}&after={self._after}&limit={_PAGE_ROWS}"
            )
            values = [float(row[self._metric]) for row in page["rows"] if _is_number(row.get(self._metric))]
            if page["next_after"] is None:
                self._last = values
                return
            self._read += values
            self._after = page["next_after"]

    def __repr__(self) -> str:
        return f"<run {self.name or '(queued)'}, {self.state}, objective {self.objective}>"


def _is_number(value: Any) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)) or value in ("NaN", "Infinity", "-Infinity")
