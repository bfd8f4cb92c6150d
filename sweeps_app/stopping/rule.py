"""What all stopping rules share: the figures of a run, what is judged, and the decision with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Goal = Literal["minimize", "maximize"]


class Peers(Protocol):
    """What the other runs were worth at one band, finite and ascending: an array, or a query that reads one row.

    Rules ask for the length and for one or two elements at indices from 0 to length - 1.
    """

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> float: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """What rules need of a run's finite values so far; JSON by `dataclasses.asdict`, and back by its fields.

    `count` of them; the `last` and the `best`; `total`, their sum times 2**-64, which cannot overflow; `band` and
    `rung`, the last band that the run has reached and what it was worth there (0 and None before the first);
    `reference` and `waited`, the value that patience wants bettered and how many values have failed to.
    """

    count: int = 0
    last: float | None = None
    best: float | None = None
    total: float = 0.0
    band: int = 0
    rung: float | None = None
    reference: float | None = None
    waited: int = 0


@dataclass(frozen=True, slots=True)
class Rung:
    """What a run was worth at a band; stored once, and never changes."""

    band: int
    value: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A run that is to be judged now that it has come to `progress`.

    `value` is compared with the peers at `band`, where the run itself was worth `rung`. Rules without bands have
    `band` None, and as `rung` the run's own value that has to be bettered.
    """

    progress: Progress
    value: float
    band: int | None
    rung: float


@dataclass(frozen=True, slots=True)
class Observed:
    """What new values change: the run's figures, rungs to store, and what to judge, in this order."""

    progress: Progress
    rungs: tuple[Rung, ...] = ()
    standings: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a run is to stop, and why: `value` was compared with `threshold`, which came of `peers` other runs.

    `iteration` counts the run's finite values when it was judged. `threshold` is None where there was nothing to
    compare with; values are as logged, whatever the goal.
    """

    stop: bool
    rule: str
    band: int | None
    iteration: int
    value: float
    threshold: float | None
    peers: int
    reason: str


class Rule(Protocol):
    """One stopping rule with its settings."""

    name: ClassVar[str]

    @property
    def goal(self) -> Goal:
        """Whether small or large values are better."""

    @property
    def bands(self) -> tuple[int, ...]:
        """The bands, ascending, as counts of finite values; empty for rules that need the run alone."""

    def observe(self, progress: Progress, values: NDArray[np.float64]) -> Observed:
        """Return what `values`, logged after `progress`, change; it does not matter how they were cut."""

    def decide(self, standing: Standing, peers: Peers) -> Decision:
        """Judge one standing against the other runs at its band."""

    def moments(self, values: NDArray[np.float64]) -> Sequence[int]:
        """Return after which of a run's finite `values` (1 for the first) a replay has to judge it."""
