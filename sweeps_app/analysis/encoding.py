"""Run configurations as columns of numbers, for drawing and for models."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

MISSING = object()


@dataclass(frozen=True, slots=True)
class ParameterAxis:
    """A parameter to read from configurations: where it is, what it holds, and whether its scale is logarithmic.

    `conditional` tells that other parameters decide whether a configuration has it.
    """

    path: tuple[str, ...]
    kind: Literal["number", "category"]
    log: bool = False
    conditional: bool = False

    @property
    def name(self) -> str:
        """The dotted name."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True, eq=False)
class AxisColumn:
    """One parameter of n configurations.

    `values` (float64[n]) are the numbers, or for a category the index into `labels`; NaN where the
    configuration lacks the parameter.
    """

    axis: ParameterAxis
    values: NDArray[np.float64]
    labels: tuple[str, ...] = ()


def axis_columns(configs: Sequence[Mapping[str, Any]], axes: Sequence[ParameterAxis]) -> list[AxisColumn]:
    """Return one column an axis. Labels are in natural order: numbers by size, then all else by its text."""
    return [axis_column(axis, _found(configs, axis.path)) for axis in axes]


def axis_column(axis: ParameterAxis, found: list[Any]) -> AxisColumn:
    """Return the column of one parameter from its value in each configuration, `MISSING` where that has none."""
    if axis.kind == "number":
        return AxisColumn(axis, _numbers(found))
    texts = _labels(found)
    labels = sorted({text for text in texts if text is not None}, key=_natural)
    codes: dict[str | None, float] = {text: float(code) for code, text in enumerate(labels)} | {None: math.nan}
    return AxisColumn(axis, np.array([codes[text] for text in texts], dtype=np.float64), tuple(labels))


def label_of(value: Any) -> str:
    """Return the label of a category: its JSON form, but text without quotes where nothing else reads the same."""
    if isinstance(value, str) and not _reads_as_json(value):
        return value
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def scaled(column: AxisColumn) -> NDArray[np.float64]:
    """Return a number column on its scale, linear or logarithmic, mapped to 0..1; NaN stays NaN.

    On a logarithmic scale values that are not positive become NaN.
    """
    values = column.values
    if column.axis.log:
        values = np.log(np.where(values > 0, values, np.nan))
    if np.isnan(values).all():
        return values
    largest = float(np.nanmax(np.abs(values))) or 1.0
    values = values / largest  # so that the difference of the bounds cannot overflow
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return (values - low) / (high - low) if high > low else np.where(np.isnan(values), np.nan, 0.5)


def _found(configs: Sequence[Mapping[str, Any]], path: tuple[str, ...]) -> list[Any]:
    if len(path) == 1:
        name = path[0]
        return [config.get(name, MISSING) for config in configs]
    return [_lookup(config, path) for config in configs]


def _lookup(config: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = config
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            return MISSING
        found = found[name]
    return found


def _numbers(found: list[Any]) -> NDArray[np.float64]:
    if set(map(type, found)) == {float}:
        values = np.array(found, dtype=np.float64)
        return np.where(np.isfinite(values), values, np.nan)
    return np.array([_number(value) for value in found], dtype=np.float64)


def _labels(found: list[Any]) -> list[str | None]:
    """Return the label of each value, None where there is none; each text is looked at once."""
    known = {value: label_of(value) for value in {value for value in found if type(value) is str}}
    return [known[value] if type(value) is str else None if value is MISSING else label_of(value) for value in found]


def _number(value: Any) -> float:
    """Return a finite number, NaN for anything else: neither a chart nor a model has a place for it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        number = float(value)
    except OverflowError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _reads_as_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    except RecursionError:
        return True
    return True


def _natural(label: str) -> tuple[int, float, str]:
    try:
        number = float(label)
    except ValueError:
        return 1, 0.0, label
    return (1, 0.0, label) if math.isnan(number) else (0, number, label)
