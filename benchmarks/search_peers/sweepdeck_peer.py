"""Sweepdeck's own methods: `python sweepdeck_peer.py METHOD`, in the repository's environment."""

import sys
from pathlib import Path
from typing import Any

from protocol import serve

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sweeps_app.search.schema import check_config
from sweeps_app.search.suggest import SearchRequest, suggest
from sweeps_app.search.trials import Trial


class SweepdeckPeer:
    """A method by its name, asked as the server asks it."""

    def __init__(self, method: str) -> None:
        self._method = method

    def begin(self, config: dict[str, Any], seed: int) -> None:
        checked = check_config({**config, "method": self._method})
        if checked.config is None:
            raise ValueError(checked.problems)
        self._config, self._seed = checked.config, seed
        self._trials: list[Trial] = []

    def load(self, trials: list[tuple[dict[str, Any], float]]) -> None:
        self._trials += [Trial(i, config, "finished", (value,)) for i, (config, value) in enumerate(trials)]

    def ask(self) -> dict[str, Any] | None:
        found = suggest(SearchRequest(self._config, self._seed, len(self._trials), self._trials))
        return found and found.config

    def tell(self, config: dict[str, Any], value: float) -> None:
        self._trials.append(Trial(len(self._trials), config, "finished", (value,)))


if __name__ == "__main__":
    serve(SweepdeckPeer(sys.argv[1]))
