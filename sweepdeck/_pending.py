"""Changes that wait to be sent."""

import threading
from collections.abc import Mapping
from typing import Any


class Pending:
    """Values by name: written by the script's threads, taken by the sender, forgotten once the server has them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, Any] = {}

    def __bool__(self) -> bool:
        return bool(self._values)

    def update(self, values: Mapping[str, Any]) -> None:
        """Add values; a later one replaces an earlier one of the same name."""
        with self._lock:
            self._values.update(values)

    def copy(self) -> dict[str, Any]:
        """Return what waits now."""
        with self._lock:
            return dict(self._values)

    def forget(self, sent: Mapping[str, Any]) -> None:
        """Remove what was sent, but not what has been changed meanwhile."""
        with self._lock:
            for name, value in sent.items():
                if name in self._values and self._values[name] is value:
                    del self._values[name]
