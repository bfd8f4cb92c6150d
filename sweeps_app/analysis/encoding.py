"""Run configurations as columns of numbers: for drawing (`axis_columns`) and for models (`encode_configs`)."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

MAX_CATEGORIES = 32

_MISSING = object()


@dataclass(frozen=True, slots=True)
class ParameterAxis:
    """A parameter to read from configurations: where it is, what it holds, and whether its scale is logarithmic."""

    path: tuple[str, ...]
    kind: Literal["number", "category"]
    log: bool = False

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


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Configurations as features in 0..1.

    `matrix` is float64[n, k] without NaN. Feature j is called `features[j]` and comes from
    `columns[owners[j]]`; the features of one parameter stand together. `constant` names the parameters that were
    left out because all configurations have the same value.
    """

    matrix: NDArray[np.float64]
    features: tuple[str, ...]
    owners: tuple[int, ...]
    columns: tuple[AxisColumn, ...]
    constant: tuple[str, ...]


def axis_columns(configs: Sequence[Mapping[str, Any]], axes: Sequence[ParameterAxis]) -> list[AxisColumn]:
    """Return one column an axis. Labels are in natural order: numbers by size, then all else by its text."""
    return [_column(axis, [_lookup(config, axis.path) for config in configs]) for axis in axes]


def label_of(value: Any) -> str:
    """Return the label of a category: its JSON form, but text without quotes where nothing else reads the same."""
    if isinstance(value, str) and not _reads_as_json(value):
        return value
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def encode_configs(configs: Sequence[Mapping[str, Any]], axes: Sequence[ParameterAxis]) -> Encoded:
    """Return the configurations as model features.

    A number becomes one feature, scaled to 0..1 (by its logarithm where the axis has one), with a second
    feature that says where it is missing (it is then 0.5). A category becomes one 0/1 feature a label; the rarest
    beyond 32 labels share one, and all are 0 where it is missing.
    """
    kept: list[AxisColumn] = []
    constant: list[str] = []
    blocks: list[NDArray[np.float64]] = []
    features: list[str] = []
    owners: list[int] = []
    for column in axis_columns(configs, axes):
        names, block = _features(column)
        if not names:
            constant.append(column.axis.name)
            continue
        owners += [len(kept)] * len(names)
        kept.append(column)
        features += names
        blocks.append(block)
    matrix = np.column_stack(blocks) if blocks else np.empty((len(configs), 0))
    return Encoded(matrix, tuple(features), tuple(owners), tuple(kept), tuple(constant))


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


def _lookup(config: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = config
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            return _MISSING
        found = found[name]
    return found


def _column(axis: ParameterAxis, found: list[Any]) -> AxisColumn:
    if axis.kind == "number":
        return AxisColumn(axis, np.array([_number(value) for value in found], dtype=np.float64))
    texts = [None if value is _MISSING else label_of(value) for value in found]
    labels = sorted({text for text in texts if text is not None}, key=_natural)
    codes = {text: float(code) for code, text in enumerate(labels)}
    values = [math.nan if text is None else codes[text] for text in texts]
    return AxisColumn(axis, np.array(values, dtype=np.float64), tuple(labels))


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


def _features(column: AxisColumn) -> tuple[list[str], NDArray[np.float64]]:
    """Return names and values of the features that vary, none for a constant."""
    named = _category_features(column) if column.axis.kind == "category" else _number_features(column)
    varying = [(name, values) for name, values in named if len(values) and values.min() < values.max()]
    names = [name for name, _ in varying]
    return names, np.column_stack([values for _, values in varying]) if names else np.empty((0, 0))


def _number_features(column: AxisColumn) -> list[tuple[str, NDArray[np.float64]]]:
    values = scaled(column)
    missing = np.isnan(values)
    return [
        (column.axis.name, np.where(missing, 0.5, values)),
        (f"{column.axis.name} is missing", missing.astype(np.float64)),
    ]


def _category_features(column: AxisColumn) -> list[tuple[str, NDArray[np.float64]]]:
    present = column.values[~np.isnan(column.values)].astype(np.int64).tolist()
    common = [code for code, _ in Counter(sorted(present)).most_common(MAX_CATEGORIES)]
    named = [
        (f"{column.axis.name} = {column.labels[code]}", (column.values == code).astype(np.float64))
        for code in sorted(common)
    ]
    if len(column.labels) > MAX_CATEGORIES:
        rare = ~np.isnan(column.values) & ~np.isin(column.values, common)
        named.append((f"{column.axis.name} is rare", rare.astype(np.float64)))
    return named
