"""The configuration of a run."""

from collections.abc import Collection, Mapping
from typing import Any

from sweepdeck import _console
from sweepdeck._errors import UsageError
from sweepdeck._mapping import AttributeMapping, Changed


class Config(AttributeMapping):
    """Settings of a run, read as `config.lr` and `config["lr"]`; changes are sent to the server.

    What the sweep has chosen stays: changing it would tell the search of a value that was not tried.
    """

    def __init__(self, values: Mapping[str, Any], changed: Changed, chosen: Collection[str] = ()) -> None:
        super().__init__(values, changed)
        object.__setattr__(self, "_chosen", frozenset(chosen))

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Change several values at once, as `dict.update` does, or from an object with attributes."""
        kwargs.pop("allow_val_change", None)
        given = config_items(args[0]) if len(args) == 1 and not _is_pairs(args[0]) else dict(*args)
        changes = {**given, **kwargs}
        for key in self._chosen & changes.keys():
            if changes.pop(key) != self[key]:
                _console.warn_once(f"config {id(self)} {key}", f"config.{key} is the sweep's to choose: not changed")
        super().update(changes)

    def remember(self, values: Mapping[str, Any]) -> None:
        """Hold values that the server has already, as the script gave them."""
        self._values.update(values)

    def setdefaults(self, values: Mapping[str, Any]) -> None:
        """Set those of `values` that the configuration does not hold yet."""
        self.update({key: value for key, value in values.items() if key not in self})

    def as_dict(self) -> dict[str, Any]:
        """Return a copy as a dict."""
        return dict(self)


def config_items(config: Any) -> dict[str, Any]:
    """Return what `init(config=...)` was given, a mapping or an object with attributes, as a dict."""
    if config is None:
        return {}
    if isinstance(config, Mapping):
        return dict(config)
    if hasattr(config, "__dict__"):
        return dict(vars(config))
    raise UsageError(f"config is a dict or an object with attributes, not {type(config).__name__}")


def _is_pairs(given: Any) -> bool:
    return not isinstance(given, Mapping) and hasattr(given, "__iter__") and not hasattr(given, "__dict__")
