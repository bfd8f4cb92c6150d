"""Do runs fail far more often in one place than in the others? Fisher's exact test, one-sided, and floors beside it.

Given how many of all runs have failed, the number of failures here is hypergeometric if the place does not matter
(R. A. Fisher, Statistical Methods for Research Workers, 5th edition, 1934, section 21.02). The test is exact however
few runs there are. It is made again after every failure, and for every place: the level is divided by the number of
places (Bonferroni), and the floors keep away what repeated looks find by chance. Together they are wrong about fewer
than one in a hundred sweeps of 500 runs, however many of the runs fail everywhere.
"""

import math
from dataclasses import dataclass

# So many failures here are no accident that befell one run.
MIN_FAILED = 5
# Below this a place does more good than harm.
MIN_RATE = 0.5
# "Far more often" than elsewhere.
MIN_RATIO = 2.0
LEVEL = 0.001
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True)
class Tally:
    """How many runs have ended in a place, and how many of them have failed."""

    done: int
    failed: int

    @property
    def rate(self) -> float:
        """The part that has failed, 0 where none has ended."""
        return self.failed / self.done if self.done else 0.0


def is_suspect(here: Tally) -> bool:
    """Tell whether so many fail here that it is worth a comparison with elsewhere."""
    return here.failed >= MIN_FAILED and here.rate >= MIN_RATE


def fails_far_more(here: Tally, elsewhere: Tally, places: int) -> bool:
    """Tell whether runs fail far more often here than elsewhere, `here` being one of so many places that are looked at.

    Never where nothing has ended elsewhere, or fails there alike.
    """
    if not is_suspect(here) or elsewhere.done == 0 or here.rate < MIN_RATIO * elsewhere.rate:
        return False
    return chance(here, elsewhere) * max(places, 1) <= LEVEL


def chance(here: Tally, elsewhere: Tally) -> float:
    """Return how likely so many failures here, or more, are if the place does not matter."""
    done, failed = here.done + elsewhere.done, here.failed + elsewhere.failed
    most = min(here.done, failed)
    found = here.failed
    term = math.exp(
        _log_choose(failed, found) + _log_choose(done - failed, here.done - found) - _log_choose(done, here.done)
    )
    total = term
    while found < most and term > _NEGLIGIBLE * total:
        passed = done - failed - here.done + found + 1
        term *= (failed - found) * (here.done - found) / ((found + 1) * passed)
        total += term
        found += 1
    return min(total, 1.0)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
