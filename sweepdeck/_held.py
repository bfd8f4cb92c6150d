"""Summary values that `define_metric()` holds: kept up to date as rows are logged, sent once a second."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from sweepdeck._metrics import Definitions
from sweepdeck._summary import Summary

_SECONDS = 1.0


class HeldSummary:
    """Holds what is defined in the summary, and what of it the server does not have yet."""

    def __init__(
        self, summary: Summary, earlier: Mapping[str, Any], count_earlier: Callable[[], Mapping[str, int]]
    ) -> None:
        self.definitions = Definitions(earlier, count_earlier)
        self._summary = summary
        self._unsent: dict[str, Any] = {}
        self._taken = float("-inf")

    def note(self, row: Mapping[str, Any]) -> bool:
        """Take the values of a logged row, and tell whether it is time to `take()`."""
        held = self.definitions.note(row)
        self._summary.hold(held)
        self._unsent |= held
        return bool(self._unsent) and time.monotonic() - self._taken >= _SECONDS

    def take(self) -> dict[str, Any]:
        """Return what is to be sent now; what the script has set itself was sent then."""
        unsent, self._unsent, self._taken = self._summary.without_own(self._unsent), {}, time.monotonic()
        return unsent
