"""Smoothing of curves. All methods weigh points by their place in the curve, not by their distance along an axis."""

from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Method = Literal["ema", "gaussian", "average"]
METHODS: tuple[Method, ...] = get_args(Method)
MAX_AMOUNT = 99
_REACH = 4  # standard deviations after which a weight counts as nothing


@dataclass(frozen=True, slots=True)
class Smoothing:
    """A method, and how much of it, from 0 (none) to 99.

    `amount` is the weight of what came before in hundredths for "ema", the standard deviation in points for "gaussian",
    and the width of the window in points for "average".
    """

    method: Method
    amount: int


def smoothed(values: NDArray[np.float64], smoothing: Smoothing | None) -> NDArray[np.float64]:
    """Return finite `values` (float64[n]) smoothed: the same length, untouched without a smoothing."""
    if smoothing is None or not smoothing.amount or len(values) < 2:
        return values
    if smoothing.method == "ema":
        return _ema(values, smoothing.amount / 100)
    if smoothing.method == "gaussian":
        reach = min(_REACH * smoothing.amount, len(values) - 1)
        return _weighted(values, np.exp(-0.5 * (np.arange(-reach, reach + 1) / smoothing.amount) ** 2))
    reach = min(smoothing.amount // 2, len(values) - 1)
    return _weighted(values, np.ones(2 * reach + 1))


def _ema(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Return the debiased exponential moving average of Weights & Biases.

    s_i = w s_(i-1) + (1 - w) y_i from s_0 = 0, shown as s_i / (1 - w^i), so that the first points are not drawn to
    zero: https://docs.wandb.ai/guides/app/features/panels/line-plot/smoothing, and Kingma and Ba, "Adam" (2015), 3.
    """
    sums = accumulate(values.tolist(), lambda last, value: weight * last + (1 - weight) * value, initial=0.0)
    biased = np.fromiter(sums, dtype=np.float64, count=len(values) + 1)[1:]
    unbiased: NDArray[np.float64] = biased / (1 - weight ** np.arange(1, len(values) + 1))
    return unbiased


def _weighted(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each value's neighbours by `weights`, of odd length; at the ends of those that there are."""
    reach = len(weights) // 2
    inside = slice(reach, reach + len(values))
    mean: NDArray[np.float64] = (
        np.convolve(values, weights)[inside] / np.convolve(np.ones(len(values)), weights)[inside]
    )
    return mean
