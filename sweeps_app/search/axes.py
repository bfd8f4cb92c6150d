"""One parameter on the unit interval, as a model sees it: a continuous axis, or the levels of a discrete one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sweeps_app.search.distributions import Categorical, Distribution, IntUniform, WeightedCategorical, json_key
from sweeps_app.search.kernels import Array
from sweeps_app.search.parameters import Parameter

# With more levels rounding is too fine to matter to a model, and the axis counts as continuous.
MAX_LEVELS = 1_000
_TAIL = 2.0**-20
_NARROWEST = 1e-12
_ROUNDING = 1e-9

AxisKind = Literal["continuous", "ordered", "category"]


def _nothing() -> Array:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Axis:
    """A parameter that varies.

    `position` is its coordinate in the space. A discrete axis has `levels`, the values that can be drawn: level
    `owners[i]` is drawn for u in (edges[i - 1], edges[i]], and `centres` holds for each level a u that stands for it.
    """

    position: int
    kind: AxisKind
    levels: Sequence[Any] = ()
    edges: Array = field(default_factory=_nothing)
    owners: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    centres: Array = field(default_factory=_nothing)

    @property
    def is_discrete(self) -> bool:
        """Whether the axis has levels."""
        return self.kind != "continuous"

    def level(self, units: Array) -> NDArray[np.intp]:
        """Return the level of each u; a u that rounding put just above an edge still belongs below it."""
        intervals = np.searchsorted(self.edges, units - _ROUNDING)
        return self.owners[np.minimum(intervals, len(self.edges) - 1)]

    def levels_with(self, keys: frozenset[str]) -> NDArray[np.bool_]:
        """Return for each level whether the JSON form of its value is among `keys`."""
        return np.array([json_key(level) in keys for level in self.levels])


def axis_of(position: int, parameter: Parameter) -> Axis | None:
    """Return the axis of a parameter, or None for one that always has the same value."""
    law = parameter.distribution
    if isinstance(law, Categorical):
        return _category_axis(position, law)
    values = _values(law) if law.is_discrete else None
    if values is None:
        return Axis(position, "continuous")
    edges = np.array([law.cdf(_upper_bound(law, value)) for value in values])
    edges[-1] = 1.0
    return _discrete_axis(position, "ordered", values, edges, np.arange(len(values)))


def _category_axis(position: int, law: Categorical) -> Axis | None:
    levels = law.atoms()
    index = {json_key(level): i for i, level in enumerate(levels)}
    shares = law.probabilities if isinstance(law, WeightedCategorical) else [1 / len(law.values)] * len(law.values)
    drawn = [(json_key(value), share) for value, share in zip(law.values, shares, strict=True) if share > 0]
    edges = np.cumsum([share for _, share in drawn])
    edges[-1] = 1.0
    return _discrete_axis(position, "category", levels, edges, np.array([index[key] for key, _ in drawn]))


def _discrete_axis(
    position: int, kind: AxisKind, levels: Sequence[Any], edges: Array, owners: NDArray[np.intp]
) -> Axis | None:
    """Return the axis without the levels that are never drawn because rounding left them no room."""
    starts = np.concatenate([[0.0], edges[:-1]])
    wide = edges - starts > _NARROWEST
    kept, first, owners = np.unique(owners[wide], return_index=True, return_inverse=True)
    if len(kept) < 2:
        return None
    middles = ((starts + edges) / 2)[wide]
    return Axis(position, kind, [levels[i] for i in kept], edges[wide], owners, middles[first])


def _values(law: Distribution) -> Sequence[Any] | None:
    """Return the values of a discrete law of numbers, or None where they are too many."""
    values = law.atoms()
    if values is None:
        # A quantised law without bounds: the values that all but two in a million draws give.
        step = _step(law)
        first, last = (round(law.quantile(u) / step) for u in (_TAIL, 1 - _TAIL))
        values = [i * step for i in range(first, min(last, first + MAX_LEVELS) + 1)]
    return values if len(values) <= MAX_LEVELS else None


def _upper_bound(law: Distribution, value: float) -> float:
    """Return the largest number that becomes `value`: itself, or half a step more where the law rounds."""
    return value if isinstance(law, IntUniform) else (round(value / _step(law)) + 0.5) * _step(law)


def _step(law: Distribution) -> float:
    step: float = law.q  # type: ignore[attr-defined]
    return step
