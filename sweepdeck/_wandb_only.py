"""Arguments that scripts written for wandb may pass, though nothing here corresponds to them."""

from collections.abc import Mapping
from types import EllipsisType
from typing import Any

from sweepdeck import _console


def check_wandb_only(function: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Warn, once a process, of arguments that are accepted but do nothing.

    `known` has the default of each, which passes without a word; so does any value where the default is `...`. Raises
    `TypeError` for an argument that wandb does not have either.
    """
    for name, value in given.items():
        if name not in known:
            raise TypeError(f"{function}() has no argument '{name}'")
        default = known[name]
        if not isinstance(default, EllipsisType) and value is not None and value != default:
            _console.warn_once(f"{function}.{name}", f"{function}({name}=...) does nothing in Sweepdeck")
