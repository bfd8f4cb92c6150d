"""The controller of a sweep: asks the user's functions, posts what they choose, stops what they name."""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sweepdeck import _console
from sweepdeck._agent import find_sweep
from sweepdeck._api import Client, path
from sweepdeck._auth import client_for_use
from sweepdeck._control.following import Following
from sweepdeck._control.known import KnownRun
from sweepdeck._errors import ApiError, UsageError
from sweepdeck._settings import Settings
from sweepdeck._sweep import sweep
from sweepdeck._values import storable_items

Search = Callable[[dict[str, Any], list[KnownRun]], Mapping[str, Any] | Sequence[Mapping[str, Any]] | None]
Stop = Callable[[list[KnownRun]], Iterable[KnownRun] | None]

_SHORTEST_WAIT, _LONGEST_WAIT = 0.1, 2.0
_MAX_POSTED = 1_000


class _TakesNoMore(UsageError):
    """The sweep was stopped, or has its `run_cap`."""


class Controller:
    """Decides for a sweep what is run next and what is stopped.

    `search(config, runs)` gets the sweep's configuration and its runs and returns the next configuration, a list of
    them (an empty one for none now), or None: there are no more. `stop(runs)` returns those to stop. Both are called
    when something has changed, in the thread that calls `step()` or `run()`, and what they raise is raised there.
    `ahead` says how many configurations wait in the queue for the next agent.
    """

    def __init__(
        self, client: Client, sweep: Mapping[str, Any], *, search: Search | None, stop: Stop | None, ahead: int
    ) -> None:
        self.search, self.stop, self.ahead = search, stop, ahead
        self._client = client
        self._known = Following(client, sweep)
        self._place = f"/sweeps{path(sweep['sweep_id'])}"
        self._has_more = True
        self._is_new = True

    @property
    def sweep_id(self) -> str:
        """The sweep's id."""
        return str(self._known.sweep["sweep_id"])

    @property
    def config(self) -> dict[str, Any]:
        """The sweep's configuration, as the server has it now."""
        return dict(self._known.sweep["config"])

    @property
    def state(self) -> str:
        """The sweep's state, such as "RUNNING", when it was last looked at."""
        return str(self._known.sweep["state"])

    @property
    def runs(self) -> list[KnownRun]:
        """The sweep's runs, the oldest first, then the configurations that wait for an agent, when last looked at."""
        return self._known.runs

    def done(self) -> bool:
        """Tell whether the sweep was over, with its last run, when it was last looked at."""
        return self._known.is_deleted or self._known.sweep["finished_at"] is not None

    def run(self) -> None:
        """Decide until the sweep is over. Raises `UsageError` where a function has chosen what the sweep refuses."""
        if self.search is None and self.stop is None:
            raise UsageError("set controller.search or controller.stop to a function before controller.run()")
        _console.say(f"the controller decides for sweep {self.sweep_id}: {self._known.sweep['url']}")
        wait = _SHORTEST_WAIT
        while True:
            wait = _SHORTEST_WAIT if self.step() else min(wait * 1.5, _LONGEST_WAIT)
            if self.done():
                break
            time.sleep(wait)
        _console.say(self._status())

    def step(self) -> bool:
        """Look once at what has changed, and decide; tell whether anything had changed.

        While the server is away it is waited for. Raises `UsageError` as `run()` does.
        """
        has_changed = self._known.refresh() or self._is_new
        self._is_new = False
        if self.done() or not has_changed:
            return has_changed
        if self.stop is not None:
            self.stop_runs(self.stop(self.runs) or ())
        if self.search is not None:
            self._search(self.search)
        return True

    def schedule(self, config: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        """Queue a configuration, or several, for the next agents. Raises `UsageError` where the sweep refuses one."""
        wanted = [config] if isinstance(config, Mapping) else list(config)
        for start in range(0, len(wanted), _MAX_POSTED):
            self._post(wanted[start : start + _MAX_POSTED])

    def exhaust(self) -> None:
        """Say that there are no more configurations: the sweep ends when those in the queue have been run."""
        self._has_more = False
        self._send({"suggestions": [], "exhausted": True})

    def stop_runs(self, runs: Iterable[KnownRun]) -> None:
        """Ask runs to stop; those that have ended, or were asked before, are passed over."""
        for known in runs:
            if not isinstance(known, KnownRun):
                raise UsageError(f"runs to stop are some of those that were given, not {known!r}")
            if known.is_active:
                place = path(self._known.sweep["entity"], self._known.sweep["project"], known.id)
                try:
                    self._client.call("POST", f"/runs{place}/stop", {}, seconds=None)
                except ApiError as error:
                    if error.status != 404:  # deleted meanwhile
                        raise

    def print_status(self) -> None:
        """Print the sweep's state, how many runs are in which state, and the best one."""
        _console.say(self._status())

    def _status(self) -> str:
        counts = Counter(known.state for known in self.runs)
        parts = [f"sweep {self.sweep_id} is {self.state}", *(f"{count} {state}" for state, count in counts.items())]
        best = self._known.sweep["best_run"]
        if best is not None:
            parts.append(f"best {self._known.sweep['metric_name']} {best['objective']:.6g} ({best['name']})")
        return ", ".join(parts)

    def _search(self, search: Search) -> None:
        while self._has_more and self._known.queued < self.ahead:
            before = self._known.queued
            chosen = search(self.config, self.runs)
            if chosen is None:
                self.exhaust()
                return
            if not isinstance(chosen, Mapping | Sequence) or isinstance(chosen, str):
                raise UsageError(f"search returns a configuration, a list of them, or None, not {chosen!r}")
            try:
                self.schedule(chosen)
            except _TakesNoMore:
                self._has_more = False
            if self._known.queued == before:
                return

    def _post(self, configs: Sequence[Mapping[str, Any]]) -> None:
        entries = [{"request_id": secrets.token_hex(16), "config": _plain(config)} for config in configs]
        if entries:
            self._known.note_queued(self._send({"suggestions": entries}))

    def _send(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        try:
            answer = self._client.call("POST", f"{self._place}/suggestions", body, seconds=None)
        except ApiError as error:
            if error.is_temporary or error.status in (401, 403):
                raise
            kind = _TakesNoMore if error.status == 409 and self._is_ours() else UsageError
            raise kind(f"the sweep refuses what was chosen: {error}") from None
        return list(answer["suggestions"])

    def _is_ours(self) -> bool:
        """Tell whether the sweep leaves it to a controller what is run."""
        config = self._known.sweep["config"]
        return bool(config["method"] == "custom" or (config.get("controller") or {}).get("type") == "local")


def controller(
    sweep_id_or_config: str | Mapping[str, Any] | Callable[[], Mapping[str, Any]],
    entity: str | None = None,
    project: str | None = None,
    *,
    search: Search | None = None,
    stop: Stop | None = None,
    ahead: int = 1,
) -> Controller:
    """Return the controller of a sweep, which is registered first where a configuration is given.

    A sweep with `method: custom` or `controller: {type: local}` runs what `search` chooses; a configuration that says
    neither gets the latter. `stop` may be used with any sweep. Raises `UsageError` for a wrong configuration, a sweep
    that does not exist, or `search` for a sweep that the server decides.
    """
    if type(ahead) is not int or ahead < 1:
        raise UsageError(f"ahead is a whole number of 1 or more, not {ahead!r}")
    settings = Settings.from_environment()
    if settings.mode != "online":
        raise UsageError(f"a controller needs the server: SWEEPDECK_MODE is '{settings.mode}', not 'online'")
    if isinstance(sweep_id_or_config, str):
        found = find_sweep(client_for_use(), sweep_id_or_config, entity=entity, project=project)
    else:
        given = sweep_id_or_config() if callable(sweep_id_or_config) else sweep_id_or_config
        made = sweep(_with_local_controller(given), entity=entity, project=project)
        found = find_sweep(client_for_use(), made)
    return Controller(client_for_use(), found, search=search, stop=stop, ahead=ahead)


def _with_local_controller(config: Any) -> Any:
    if not isinstance(config, Mapping) or config.get("method", "custom") == "custom":
        return {"method": "custom", **config} if isinstance(config, Mapping) else config
    return {"controller": {"type": "local"}, **config}


def _plain(config: Any) -> dict[str, Any]:
    if not isinstance(config, Mapping):
        raise UsageError(f"a configuration is a dict of the sweep's parameters, not {config!r}")
    wrong: list[str] = []
    plain = storable_items(config, lambda name, reason: wrong.append(f"'{name}' {reason}"))
    if wrong:
        raise UsageError(f"a configuration cannot be stored: {'; '.join(wrong)}")
    return plain
