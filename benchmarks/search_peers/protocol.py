"""What `benchmarks/search.py` and its peers say to each other: one JSON object a line, each answered by one.

    {"op": "begin", "config": {...}, "seed": 1}        a new search; the config has a metric and parameters, no method
    {"op": "load", "trials": [[config, value], ...]}   finished trials that the search did not ask for
    {"op": "ask"}                                      answered by {"config": {...}, "seconds": 0.1}; null at the end
    {"op": "tell", "value": 1.5}                       the value of the config that was asked for last

It needs the standard library only, and runs in the peers' own environments.
"""

import json
import sys
import time
from typing import Any, Protocol


class Peer(Protocol):
    """A search method of some package, for minimisation."""

    def begin(self, config: dict[str, Any], seed: int) -> None:
        """Start a new search."""

    def load(self, trials: list[tuple[dict[str, Any], float]]) -> None:
        """Take finished trials."""

    def ask(self) -> dict[str, Any] | None:
        """Return the next config to try, or None where there is none left."""

    def tell(self, config: dict[str, Any], value: float) -> None:
        """Take the value of the config asked for last."""


def serve(peer: Peer) -> None:
    """Answer requests on standard input until it ends; what libraries print goes to standard error."""
    answers, sys.stdout = sys.stdout, sys.stderr
    asked: dict[str, Any] | None = None
    for line in sys.stdin:
        message = json.loads(line)
        answer: dict[str, Any] = {}
        if message["op"] == "begin":
            peer.begin(message["config"], message["seed"])
        elif message["op"] == "load":
            peer.load([(config, value) for config, value in message["trials"]])
        elif message["op"] == "tell":
            assert asked is not None
            peer.tell(asked, message["value"])
        else:
            started = time.perf_counter()
            asked = peer.ask()
            answer = {"config": asked, "seconds": time.perf_counter() - started}
        print(json.dumps(answer), file=answers, flush=True)


def is_present(parameter: dict[str, Any], chosen: dict[str, Any]) -> bool:
    """Tell whether a conditional parameter is there beside those chosen so far."""
    return all(other in chosen and chosen[other] in values for other, values in parameter.get("when", {}).items())
