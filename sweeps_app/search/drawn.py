"""What would be drawn: of each parameter by its law, and whole configurations, for people who write a config."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from zlib import crc32

import numpy as np

from sweeps_app.search.distributions import json_key
from sweeps_app.search.parameters import Parameter
from sweeps_app.search.request import SearchRequest
from sweeps_app.search.sampling import uniform_units
from sweeps_app.search.space import Space
from sweeps_app.search.suggest import suggest_in_turn

DRAWS = 2_000
FEWER_DRAWS = 500  # of each of many parameters: a thousand draws take about 5 ms
BINS = 24
EXAMPLES = 5
_TAIL = 0.005  # of an unbounded law, what a histogram leaves out at either end


@dataclass(frozen=True)
class Drawn:
    """What draws from one parameter's law look like.

    `examples` are the first draws. Where there are few values, `values` are they, in order, and `counts` how often each
    was drawn; otherwise `values` is empty and `counts` those of equal bins from `low` to `high`, of its logarithm where
    `is_log`. `grid` has the first points of a grid search and `grid_size` their number, 0 where there is no grid.
    """

    law: str
    examples: tuple[Any, ...]
    values: tuple[Any, ...]
    counts: tuple[int, ...]
    low: float = 0.0
    high: float = 0.0
    is_log: bool = False
    grid: tuple[Any, ...] = ()
    grid_size: int = 0


def drawn(parameter: Parameter, draws: int = DRAWS) -> Drawn:
    """Return what `draws` draws from a parameter's law give; the same law gives the same.

    Conditions and constraints, which bind it to others, are not looked at.
    """
    return _drawn(_Key(parameter), draws)


class _Key:
    """A parameter, equal to others of the same law whatever their names, so that a law is drawn from once."""

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        self._law = f"{parameter.law}:{parameter.distribution!r}"
        self.seed = crc32(self._law.encode("utf-8", "replace"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._law == other._law

    def __hash__(self) -> int:
        return hash(self._law)


@lru_cache(maxsize=2_048)
def _drawn(key: _Key, count: int) -> Drawn:
    parameter = key.parameter
    law = parameter.distribution
    draws = [law.quantile(u) for u in uniform_units(count, np.random.default_rng(key.seed))]
    points = law.grid_values() or ()
    about: dict[str, Any] = {
        "law": parameter.law,
        "examples": tuple(draws[:EXAMPLES]),
        "grid": tuple(islice(points, BINS)),
        "grid_size": len(points),
    }
    atoms = law.atoms()
    if atoms is not None and len(atoms) <= BINS:
        return Drawn(values=tuple(atoms), counts=_by_value(draws, atoms), **about)
    if parameter.kind == "category":
        first = list(islice(atoms or (), BINS))
        return Drawn(values=tuple(first), counts=_by_value(draws, first), **about)
    counts, low, high, is_log = _binned(np.array(draws, dtype=np.float64), parameter)
    return Drawn(values=(), counts=counts, low=low, high=high, is_log=is_log, **about)


def _by_value(draws: Sequence[Any], values: Sequence[Any]) -> tuple[int, ...]:
    counts = Counter(map(json_key, draws))
    return tuple(counts[json_key(value)] for value in values)


def _binned(draws: Any, parameter: Parameter) -> tuple[tuple[int, ...], float, float, bool]:
    """Return counts by bin, the ends of the range, and whether bins are equal on the logarithm."""
    low, high = getattr(parameter.distribution, "support", (draws.min(), draws.max()))
    if math.isinf(low) or math.isinf(high):
        low, high = (float(x) for x in np.quantile(draws, [_TAIL, 1 - _TAIL]))
    is_log = parameter.is_log and low > 0
    if low >= high:  # a normal law without deviation
        return (len(draws),), float(low), float(high), False
    shown = draws[(draws >= low) & (draws <= high)]
    if is_log:
        counts, _ = np.histogram(np.log(shown), bins=BINS, range=(math.log(low), math.log(high)))
    else:
        bins, start, end = _even_bins(float(low), float(high), _step(parameter))
        counts, _ = np.histogram(shown, bins=bins, range=(start, end))
    return tuple(counts.tolist()), float(low), float(high), is_log


def _step(parameter: Parameter) -> float:
    """Return how far neighbouring values are apart, 0 where they have no step."""
    return 1.0 if parameter.law == "int_uniform" else float(getattr(parameter.distribution, "q", 0.0))


def _even_bins(low: float, high: float, step: float) -> tuple[int, float, float]:
    """Return the number and range of bins with as many steps in each: else some look empty, others twice as full."""
    if not step:
        return BINS, low, high
    steps = round((high - low) / step) + 1
    width = math.ceil(steps / BINS)
    bins = math.ceil(steps / width)
    return bins, low - step / 2, low - step / 2 + bins * width * step


def example_configs(config: Mapping[str, Any], space: Space, count: int) -> list[dict[str, Any]]:
    """Return up to `count` configurations as agents would get them.

    `config` is normalised, `space` its space. Those of `grid` are its first ones, those of `random` the first ones of
    the config's seed (0 without one); for methods that learn, or are kept elsewhere, draws from the space.
    """
    request = SearchRequest(config=config, seed=config.get("seed", 0), number=0)
    if config["method"] == "grid":
        return [found.config for found in islice(suggest_in_turn(request), count)]
    return [space.decode(space.sample(request.at(number).generator())) for number in range(count)]
