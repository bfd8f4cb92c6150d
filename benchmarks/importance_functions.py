"""Functions whose importance is known, for `benchmarks/importance.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.encoding import ParameterAxis

Matrix = NDArray[np.float64]
_TRUTH_RUNS = 20_000
_LABELS = "abcd"


def _uniform(rng: np.random.Generator, n: int, k: int) -> Matrix:
    return rng.random((n, k))


@dataclass(frozen=True)
class Function:
    """`value` of float64[n, k] in the unit cube, to which noise of `noise` deviations of the value is added.

    The parameters in `categories` are cut into four labels. `only_if` maps a parameter to one that decides on it: a
    run has it where that one is at least 0.5.
    """

    name: str
    width: int
    value: Callable[[Matrix], Matrix]
    noise: float = 0.3
    draw: Callable[[np.random.Generator, int, int], Matrix] = _uniform
    categories: tuple[int, ...] = ()
    only_if: tuple[tuple[int, int], ...] = ()

    def axes(self) -> list[ParameterAxis]:
        """Return its parameters, p00 and on."""
        conditional = dict(self.only_if)
        return [
            ParameterAxis((_name(i),), "category" if i in self.categories else "number", conditional=i in conditional)
            for i in range(self.width)
        ]

    def sample(self, rng: np.random.Generator, n: int) -> tuple[Matrix, list[dict[str, Any]], Matrix]:
        """Return n points, their configurations, and values with noise."""
        points = self.draw(rng, n, self.width)
        values = self.value(points)
        spread = float(values.std()) or 1.0
        return points, [self._config(row) for row in points.tolist()], values + self.noise * spread * rng.normal(size=n)

    def truth(self) -> Matrix:
        """Return the share of each parameter, exchanged in the function itself; all 0 where that is constant."""
        rng = np.random.default_rng(1)
        points, others = (self.draw(rng, _TRUTH_RUNS, self.width) for _ in range(2))
        values = self.value(points)
        losses = []
        for i in range(self.width):
            changed = points.copy()
            changed[:, i] = others[:, i]
            losses.append(float(np.mean((self.value(changed) - values) ** 2)))
        total = sum(losses)
        return np.array(losses) / total if total else np.zeros(self.width)

    def _config(self, row: list[float]) -> dict[str, Any]:
        conditional = dict(self.only_if)
        return {
            _name(i): _LABELS[int(4 * value)] if i in self.categories else value
            for i, value in enumerate(row)
            if i not in conditional or row[conditional[i]] >= 0.5
        }


def _name(i: int) -> str:
    return f"p{i:02d}"


def _friedman(x: Matrix) -> Matrix:
    """Friedman, Annals of Statistics 19 (1991), page 37: five parameters matter, two of them together."""
    return 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]


def _in_pairs(rng: np.random.Generator, n: int, k: int) -> Matrix:
    points = rng.random((n, k))
    points[:, 1] = np.clip(points[:, 0] + 0.05 * rng.normal(size=n), 0, 1)
    return points


FUNCTIONS = (
    Function("additive", 8, lambda x: 4 * x[:, 0] + 2 * x[:, 1] + x[:, 2]),
    Function("bowl", 8, lambda x: 4 * (x[:, 0] - 0.3) ** 2 + 2 * (x[:, 1] - 0.6) ** 2),
    Function("interaction only", 6, lambda x: (x[:, 0] - 0.5) * (x[:, 1] - 0.5)),
    Function("friedman", 10, _friedman),
    Function("friedman of 50", 50, _friedman),
    Function("categories", 8, lambda x: np.floor(4 * x[:, 0]) % 2 + x[:, 1], categories=(0, 2, 3)),
    Function(
        "conditional", 6, lambda x: (x[:, 0] >= 0.5) * (0.5 + 2 * x[:, 1]) + x[:, 2], categories=(0,), only_if=((1, 0),)
    ),
    Function("correlated", 6, lambda x: x[:, 0] + 0.5 * x[:, 2], draw=_in_pairs),
)
NOISE = Function("noise", 8, lambda x: np.zeros(len(x)), noise=1.0)
