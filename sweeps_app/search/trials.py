"""What a search has learned so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from sweeps_app.search.law import json_key

State = Literal["finished", "running", "failed"]


@dataclass(frozen=True)
class Trial:
    """One configuration that was handed out, and what came of it.

    `values` holds one entry a metric, in the order of the config: a finite number, or None where there is none (yet).
    "running" includes those handed out but not started; "failed" includes crashed and killed ones.
    """

    number: int
    config: Mapping[str, Any]
    state: State
    values: tuple[float | None, ...] = ()

    @cached_property
    def key(self) -> str:
        """What tells its configuration from others."""
        return json_key(self.config)
