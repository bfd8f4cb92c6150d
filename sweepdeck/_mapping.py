"""A dict whose items are attributes too."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

Changed = Callable[[dict[str, Any]], None]


class AttributeMapping(MutableMapping[str, Any]):
    """Values by key and by attribute; `changed` hears of every write."""

    def __init__(self, values: Mapping[str, Any], changed: Changed) -> None:
        object.__setattr__(self, "_values", dict(values))
        object.__setattr__(self, "_changed", changed)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delitem__(self, key: str) -> None:
        raise TypeError(f"'{key}' cannot be taken back: values may be changed, not deleted")

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._values))

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        values = object.__getattribute__(self, "_values")
        if name in values:
            return values[name]
        raise AttributeError(f"no value named '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __repr__(self) -> str:
        return repr(self._values)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy, in another process or by copy.deepcopy, holds the values and tells nobody of its changes.
        return AttributeMapping, (self._values, _tell_nobody)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Change several values at once, as `dict.update` does."""
        changes = dict(*args, **kwargs)
        self._values.update(changes)
        self._changed(changes)


def _tell_nobody(_changes: dict[str, Any]) -> None:
    """Hear of changes that concern no run."""
