"""What the server thinks of a sweep's configuration, before there is a sweep."""

from dataclasses import dataclass
from typing import Any

from sweeps_app.json_values import storable
from sweeps_app.search.problems import Problem
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config


@dataclass(frozen=True)
class ConfigReport:
    """`config` is the normalised configuration, None where `problems` refuse it; `grid_size` is None without a grid."""

    valid: bool
    config: dict[str, Any] | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    grid_size: int | None


def config_report(config: Any) -> ConfigReport:
    """Return what is wrong with a configuration and how it would be stored.

    Raises `InvalidInput` for text that no database can hold and for nesting without end.
    """
    checked = check_config(storable(config, "config"))
    return ConfigReport(
        valid=checked.config is not None,
        config=checked.config,
        problems=checked.problems,
        warnings=checked.warnings,
        grid_size=None if checked.config is None else space_from_config(checked.config).grid_size(),
    )
