"""What a configuration would give: draws of each parameter, example configurations, and the command that runs them."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import formatting
from dashboard.editor.check import CheckedText
from sweepdeck._errors import UsageError
from sweepdeck._launch.macros import DEFAULT_COMMAND, previewed
from sweeps_app.search.advice import configurations
from sweeps_app.search.drawn import DRAWS, FEWER_DRAWS, Drawn, drawn, example_configs
from sweeps_app.search.parameters import parameters_from_config
from sweeps_app.search.space import Space, space_from_config

MANY_PARAMETERS = 30
MAX_PARAMETERS = 500
MAX_TEXT = 24
EXAMPLES = 3
_MAX_GRID_SHOWN = 6


def parameters_preview(checked: CheckedText) -> dict[str, Any]:
    """Return for each sound parameter, by the path of its field, what draws from its law look like."""
    found = parameters_from_config(checked.parameters)
    draws = DRAWS if len(found) <= MANY_PARAMETERS else FEWER_DRAWS
    is_grid = checked.given.get("method") == "grid" if isinstance(checked.given, dict) else False
    return {
        f"parameters.{'.parameters.'.join(parameter.path)}": _shown(drawn(parameter, draws), is_grid=is_grid)
        for parameter in found[:MAX_PARAMETERS]
    }


def _shown(found: Drawn, *, is_grid: bool) -> dict[str, Any]:
    as_grid = is_grid and found.grid_size
    return {
        "law": found.law,
        "counts": [1] * len(found.grid) if as_grid else list(found.counts),
        "labels": [_text(value) for value in (found.grid if as_grid else found.values)],
        "low": formatting.number(found.low),
        "high": formatting.number(found.high),
        "is_log": found.is_log,
        **(_grid_points(found) if as_grid else _examples(found)),
    }


def _examples(found: Drawn) -> dict[str, Any]:
    if len(found.values) == 1:
        return _said("always", found.values)
    return _said("such as", found.examples)


def _grid_points(found: Drawn) -> dict[str, Any]:
    more = found.grid_size - _MAX_GRID_SHOWN
    points = f"{found.grid_size:,} point{'' if found.grid_size == 1 else 's'}:"
    return _said(points, found.grid[:_MAX_GRID_SHOWN], f"and {more:,} more" if more > 0 else "")


def _said(before: str, values: Sequence[Any], after: str = "") -> dict[str, Any]:
    """Return values and the words around them: apart, since a value may be written from right to left."""
    return {"before": before, "samples": [_text(value) for value in values], "after": after}


def _text(value: Any) -> str:
    return formatting.value_text(value, limit=MAX_TEXT)


def expected_runs(config: Mapping[str, Any], space: Space) -> int | None:
    """Return how many runs a sweep of a normalised config will have at the most, None where nothing bounds it."""
    size = configurations(config, space)
    bounds = [size and size * int(config.get("repeats", 1)), config.get("run_cap")]
    return min((bound for bound in bounds if bound is not None), default=None)


def runs_text(config: Mapping[str, Any], space: Space) -> str:
    """Return how many configurations and runs there will be, in words."""
    size, runs = configurations(config, space), expected_runs(config, space)
    parts = []
    if config["method"] == "grid":
        parts.append(
            f"The grid has {size:,} point{'' if size == 1 else 's'}" if size else "The grid is too large to count"
        )
    elif size is not None:
        parts.append(f"There are {size:,} different configurations")
    if runs is None:
        parts.append(
            "the sweep has no end: set run_cap, or stop it by hand" if not parts else "the sweep ends after them"
        )
    else:
        parts.append(f"{runs:,} run{'' if runs == 1 else 's'} at the most")
    text = ": ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def examples_preview(config: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return some configurations as an agent gets them, each with the command line that it starts ("" for none)."""
    space = space_from_config(config)
    return [
        {"config": json.dumps(found, ensure_ascii=False, indent=1), "command": _command(config, found)}
        for found in example_configs(config, space, EXAMPLES)
    ]


def examples_text(config: Mapping[str, Any]) -> str:
    """Return what the examples are, in words."""
    if config["method"] == "grid":
        return "The first points of the grid, in the order in which agents get them."
    if config["method"] == "random" and "seed" in config:
        return "The first configurations, by the seed."
    if config["method"] == "random":
        return "Drawn as the sweep draws its own; which ones depends on its seed."
    return f"Drawn at random from the space; {config['method']} chooses others."


def _command(config: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    if not ("program" in config or "command" in config):
        return ""
    command = config.get("command") or DEFAULT_COMMAND
    try:
        return shlex.join(previewed(command, program=config.get("program", ""), config=found))
    except UsageError as error:
        return f"cannot be built: {error}"
