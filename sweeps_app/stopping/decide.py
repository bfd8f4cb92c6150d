"""One table from the `type` of a sweep's `early_terminate` to its rule."""

from collections.abc import Callable, Mapping
from typing import Any

from sweeps_app.stopping.asha import Asha
from sweeps_app.stopping.hyperband import Hyperband
from sweeps_app.stopping.median import Median
from sweeps_app.stopping.patience import Patience
from sweeps_app.stopping.rule import Goal, Rule

RULES: Mapping[str, Callable[[Mapping[str, Any], Goal], Rule]] = {
    Hyperband.name: Hyperband.from_config,
    Asha.name: Asha.from_config,
    Median.name: Median.from_config,
    Patience.name: Patience.from_config,
}


def rule_of(config: Mapping[str, Any], goal: Goal) -> Rule:
    """Return the rule of a checked `early_terminate` section; raises `KeyError` for a type that there is not."""
    return RULES[config["type"]](config, goal)
