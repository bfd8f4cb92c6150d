"""One value a metric: the last one logged, unless the script sets it."""

from collections.abc import Mapping
from typing import Any

from sweepdeck._mapping import AttributeMapping


class Summary(AttributeMapping):
    """Final values of a run, by key and by attribute; what the script sets wins over what it logs."""

    def __init__(self, changed: Any) -> None:
        super().__init__({}, changed)
        object.__setattr__(self, "_own", set())
        object.__setattr__(self, "_held", set())

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set several values at once, as `dict.update` does."""
        changes = dict(*args, **kwargs)
        self._own.update(changes)
        super().update(changes)

    def note_logged(self, row: Mapping[str, Any]) -> None:
        """Take the values of a logged row, except those that the script has set."""
        if self._own or self._held:
            row = {key: value for key, value in row.items() if key not in self._own and key not in self._held}
        self._values.update(row)

    def hold(self, values: Mapping[str, Any]) -> None:
        """Take values that what is logged does not replace, though what the script sets does."""
        self._held.update(values)
        self._values.update(self.without_own(values))

    def without_own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return those of `values` that the script has not set itself."""
        return {key: value for key, value in values.items() if key not in self._own}
