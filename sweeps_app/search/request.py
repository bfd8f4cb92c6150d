"""What a method is asked, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sweeps_app.search.trials import Trial


@dataclass(frozen=True)
class SearchRequest:
    """Ask for suggestion `number` (from 0) of a sweep.

    `config` is a normalised config, `seed` the sweep's; `trials` are what is known, in the order of their numbers.
    The same request always gets the same answer.
    """

    config: Mapping[str, Any]
    seed: int
    number: int
    trials: Sequence[Trial] = ()

    def following(self, found: "Suggested") -> "SearchRequest":
        """Return the request for the suggestion after `found`, which is running by then."""
        return replace(
            self, number=found.number + 1, trials=(*self.trials, Trial(found.number, found.config, "running"))
        )

    def at(self, number: int) -> "SearchRequest":
        """Return this request for another number."""
        return replace(self, number=number)

    def generator(self) -> np.random.Generator:
        """Return a new random generator that depends on the seed and the number only."""
        return np.random.Generator(np.random.PCG64([self.seed, self.number]))


@dataclass(frozen=True)
class Suggested:
    """A configuration to run, and why: JSON that names the method, its version, and what replays it."""

    number: int
    config: dict[str, Any]
    why: dict[str, Any]


def suggested(request: SearchRequest, config: dict[str, Any], *, version: int, **details: Any) -> Suggested:
    """Return the answer to `request`, with the method, its version, the seed and the number in its `why`."""
    why = {"method": request.config["method"], "version": version, "seed": request.seed, "number": request.number}
    return Suggested(request.number, config, why | details)
