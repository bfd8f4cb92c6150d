"""The configuration of a run."""

from collections.abc import Mapping
from typing import Any

from sweepdeck._errors import UsageError
from sweepdeck._mapping import AttributeMapping


class Config(AttributeMapping):
    """Settings of a run, read as `config.lr` and `config["lr"]`; changes are sent to the server."""

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
