"""Comparisons in the direction of the goal, and how a decision tells of them."""

import math

from sweeps_app.stopping.rule import Goal, Peers


def is_worse(value: float, threshold: float, goal: Goal) -> bool:
    """Tell whether `value` is on the wrong side of `threshold`; equal is not."""
    return value > threshold if goal == "minimize" else value < threshold


def better(one: float, other: float, goal: Goal) -> float:
    """Return the better of two values."""
    return min(one, other) if goal == "minimize" else max(one, other)


def kth_best(peers: Peers, own: float, k: int, goal: Goal) -> float:
    """Return the value that k of the peers' values and `own` together come before, best first (0 for the best)."""
    if goal == "minimize":
        return _kth_smallest(peers, own, k)
    return _kth_smallest(peers, own, len(peers) - k)


def _kth_smallest(peers: Peers, own: float, k: int) -> float:
    """Put `own` in its place between its neighbours: only they can be displaced by it."""
    low = float(peers[k - 1]) if k > 0 else -math.inf
    high = float(peers[k]) if k < len(peers) else math.inf
    return min(max(own, low), high)


def described(value: float, iteration: int, threshold: float, goal: Goal, source: str) -> str:
    """Return the sentence that tells how `value` compares with `threshold`, which is the `source`."""
    if is_worse(value, threshold, goal):
        relation = "is above" if goal == "minimize" else "is below"
    else:
        relation = "is no worse than"
    return f"{value:.6g} after {_values(iteration)} {relation} {threshold:.6g}, {source}"


def counted(peers: Peers) -> str:
    """Return "1 other run" or "n other runs"."""
    return "1 other run" if len(peers) == 1 else f"{len(peers):,} other runs"


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count:,} values"
