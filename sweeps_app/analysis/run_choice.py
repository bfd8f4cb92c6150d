"""Which of many runs a chart shows, and how runs fall into groups."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

Which = Literal["spread", "best", "newest"]
WHICH: tuple[Which, ...] = get_args(Which)
MAX_GROUPS = 8
_INTERVALS = 5


@dataclass(frozen=True, slots=True)
class RunChoice:
    """At most `limit` runs: "spread" evenly over the ranks of their objective, the "best", or the "newest"."""

    which: Which = "spread"
    limit: int = 500


class Group(NamedTuple):
    """Runs that share a value, by their places."""

    label: str
    members: NDArray[np.int64]


def chosen_places(
    objectives: NDArray[np.float64], active: NDArray[np.bool_], choice: RunChoice, *, maximize: bool
) -> NDArray[np.int64]:
    """Return the places, ascending, of the runs to show out of n that come in the order in which they were made.

    `objectives` is NaN where a run has none; such runs rank last, the older before the newer. The best run and those
    under way (`active`) are always among the chosen: the newest of these where they are more than a half of the limit.
    """
    n = len(objectives)
    if n <= choice.limit:
        return np.arange(n)
    losses = np.where(np.isfinite(objectives), -objectives if maximize else objectives, np.inf)
    ranked = np.lexsort((np.arange(n), losses))
    under_way = np.flatnonzero(active)[-(choice.limit // 2) :] if choice.limit > 1 else np.empty(0, np.int64)
    first = np.union1d(under_way, ranked[:1])[-choice.limit :]
    order = {"best": ranked, "newest": np.arange(n)[::-1]}.get(choice.which)
    rest = ranked[~np.isin(ranked, first)] if order is None else order[~np.isin(order, first)]
    room = choice.limit - len(first)
    more = rest[:room] if order is not None else rest[_even(len(rest), room)]
    return np.sort(np.concatenate([first, more]))


def groups_of(values: Sequence[Any], most: int = MAX_GROUPS) -> list[Group]:
    """Return runs grouped by their values, at most `most` groups; a list puts a run into the group of each entry.

    Numbers of more than `most` values become up to five intervals that hold equally many runs. Of other values the
    rarest share the last group. Runs without a value are a group of their own.
    """
    numbers = [value for value in values if _is_number(value)]
    if len(set(numbers)) > most and len(numbers) == sum(value is not None for value in values):
        return _intervals(values)
    entries = [value if isinstance(value, list) and value else [value] for value in values]
    keys = [[_text(entry) for entry in found] for found in entries]
    counts = Counter(key for found in keys for key in dict.fromkeys(found))
    names = [name for name, _ in counts.most_common()]
    kept = names if len(names) <= most else names[: most - 1]
    order = {_text(value): value for found in entries for value in found}
    groups = [_group(name, keys) for name in sorted(kept, key=lambda name: _sort_key(order[name]))]
    if len(kept) < len(names):
        others = set(names) - set(kept)
        members = np.array([i for i, found in enumerate(keys) if others & set(found)], dtype=np.int64)
        groups.append(Group(f"{len(others)} other values", members))
    return groups


def _group(name: str, keys: Sequence[Sequence[str]]) -> Group:
    return Group(name, np.array([i for i, found in enumerate(keys) if name in found], dtype=np.int64))


def _intervals(values: Sequence[Any]) -> list[Group]:
    numbers = np.array([np.nan if value is None else float(value) for value in values])
    known = np.sort(numbers[~np.isnan(numbers)])
    ends = [max(len(known) * i // _INTERVALS - 1, 0) for i in range(_INTERVALS + 1)]
    edges = np.unique(known[ends])
    places = np.clip(np.searchsorted(edges, numbers, side="left") - 1, 0, len(edges) - 2)
    groups = []
    for i in range(len(edges) - 1):
        members = np.flatnonzero((places == i) & ~np.isnan(numbers))
        if len(members):
            groups.append(Group(f"{numbers[members].min():.3g} to {numbers[members].max():.3g}", members))
    missing = np.flatnonzero(np.isnan(numbers))
    return [*groups, Group("none", missing)] if len(missing) else groups


def _even(count: int, wanted: int) -> NDArray[np.int64]:
    """Return `wanted` of `count` places at even distances, both ends among them."""
    return np.unique(np.linspace(0, count - 1, max(wanted, 0)).round().astype(np.int64))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _text(value: Any) -> str:
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _sort_key(value: Any) -> tuple[int, float, str]:
    if value is None or value == []:
        return 2, 0.0, ""
    return (0, float(value), "") if _is_number(value) else (1, 0.0, _text(value))
