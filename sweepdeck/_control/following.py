"""What is known of a sweep: read once, then kept up to date by what has changed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sweepdeck._api import Client, path
from sweepdeck._control.known import QUEUED, KnownRun

_PAGE = 500


class Following:
    """A sweep, its runs in the order in which they were handed out, and what waits to be handed out."""

    def __init__(self, client: Client, sweep: Mapping[str, Any]) -> None:
        self.sweep = dict(sweep)
        self.is_deleted = False
        self._client = client
        self._place = f"/sweeps{path(sweep['sweep_id'])}"
        self._project = f"/projects{path(sweep['entity'], sweep['project'])}"
        self._runs: dict[str, KnownRun] = {}
        self._queue: dict[int, KnownRun] = {}
        self._cursor = int(client.call("GET", self._project)["cursor"])
        self._learn(self._pages(f"{self._place}/runs?sort=created_at"))
        self._read_queue()

    @property
    def runs(self) -> list[KnownRun]:
        """The runs, then what is queued."""
        return [*self._runs.values(), *self._queue.values()]

    @property
    def queued(self) -> int:
        """How many configurations wait for an agent."""
        return len(self._queue)

    def refresh(self) -> bool:
        """Take in what has changed since the last time, and tell whether anything has."""
        before, more = self._cursor, True
        while more:
            answer = self._client.call("GET", f"{self._project}/changes?since={self._cursor}", seconds=None)
            self._take(answer)
            self._cursor, more = answer["cursor"], answer["more"]
        return self._cursor != before

    def note_queued(self, suggestions: Iterable[Mapping[str, Any]]) -> None:
        """Take in what was posted, as the server has answered."""
        for suggestion in suggestions:
            if suggestion["state"] == "prepared":
                data = {"state": QUEUED, "config": suggestion["config"], "stop_requested": False}
                self._queue[suggestion["number"]] = KnownRun(self._client, data, self.sweep["metric_name"])

    def _take(self, answer: Mapping[str, Any]) -> None:
        mine = self.sweep["sweep_id"]
        config = self.sweep["config"]
        self.is_deleted = self.is_deleted or mine in answer["deleted_sweeps"]
        if answer["reset"]:
            self._runs.clear()
        for run_id in answer["deleted_runs"]:
            self._runs.pop(run_id, None)
        for sweep in answer["sweeps"]:
            if sweep["sweep_id"] == mine:
                self.sweep = sweep
        self._learn(run for run in answer["runs"] if run["sweep"] == mine)
        # An edit drops what does not fit any more, and of a deleted run nobody says what it was made of.
        if not self.is_deleted and (answer["reset"] or answer["deleted_runs"] or self.sweep["config"] != config):
            self._read_queue()

    def _learn(self, found: Iterable[Mapping[str, Any]]) -> None:
        for data in found:
            if data["suggestion"] is not None:
                self._queue.pop(data["suggestion"]["number"], None)
            known = self._runs.get(data["run_id"])
            if known is None:
                self._runs[data["run_id"]] = KnownRun(self._client, data, self.sweep["metric_name"])
            else:
                known.learn(data)

    def _read_queue(self) -> None:
        """Read what waits, of which the newest come first; agents take the oldest."""
        waiting: list[Mapping[str, Any]] = []
        for suggestion in self._pages(f"{self._place}/suggestions?"):
            if suggestion["state"] == "claimed":
                break
            waiting.append(suggestion)
        self._queue.clear()
        self.note_queued(reversed(waiting))

    def _pages(self, place: str) -> Iterator[Mapping[str, Any]]:
        number = pages = 1
        while number <= pages:
            answer = self._client.call("GET", f"{place}&page={number}&page_size={_PAGE}")
            yield from answer["results"]
            number, pages = number + 1, answer["pages"]
