"""How long to wait before another attempt."""

import random

FIRST_SECONDS = 0.2
LONGEST_SECONDS = 30.0


class Backoff:
    """Waiting times that double, each shortened by up to a half at random so that clients do not come in step."""

    def __init__(self, longest: float = LONGEST_SECONDS) -> None:
        self.attempts = 0
        self._longest = longest

    def next_delay(self, retry_after: float | None = None) -> float:
        """Return the seconds to wait now; `retry_after` is what the server asked for at least."""
        delay: float = min(self._longest, FIRST_SECONDS * 2 ** min(self.attempts, 20))
        self.attempts += 1
        jittered = delay * random.uniform(0.5, 1.0)  # noqa: S311 (not a secret)
        return max(jittered, retry_after or 0.0)

    def reset(self) -> None:
        """Begin again with the shortest time, after a success."""
        self.attempts = 0
