"""The bands at which runs are compared, as counts of logged values: ascending, without repeats."""

from collections.abc import Iterable

# Counts up to here are exact in a double and fit every database's integers.
MAX_BAND = 2**53
# An eta near 1 would give bands without end.
MAX_BANDS = 1_000


def rising_bands(min_iter: int, eta: float, max_iter: int = MAX_BAND) -> tuple[int, ...]:
    """Return int(min_iter * eta**i) for i = 0, 1, ..., those below `max_iter`."""
    band = float(min_iter)
    found: list[int] = []
    while band < max_iter and len(found) < MAX_BANDS:
        found.append(int(band))
        band *= eta
    return _distinct(found)


def falling_bands(max_iter: int, s: int, eta: float) -> tuple[int, ...]:
    """Return int(max_iter / eta**k) for k = 1 to `s`, those below 1 left out."""
    band = max_iter / eta
    found: list[int] = []
    while band >= 1 and len(found) < min(s, MAX_BANDS):
        found.append(int(band))
        band /= eta
    return _distinct(found)


def checkpoints(min_iter: int) -> tuple[int, ...]:
    """Return `min_iter`, then each count an eighth larger than the one before, by at least 1.

    So a run of a million values is looked at about a hundred times, and a look is never later than an eighth
    of the run's length after any moment.
    """
    found: list[int] = []
    band = min_iter
    while band < MAX_BAND:
        found.append(band)
        band += max(band // 8, 1)
    return tuple(found)


def _distinct(bands: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(bands)))
