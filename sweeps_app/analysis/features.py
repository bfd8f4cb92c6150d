"""Run configurations as the features of a model."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweeps_app.analysis.encoding import AxisColumn, ParameterAxis, axis_columns, scaled

MAX_CATEGORIES = 32


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


def encode_configs(configs: Sequence[Mapping[str, Any]], axes: Sequence[ParameterAxis], *, seed: int = 0) -> Encoded:
    """Return the configurations as model features.

    A number becomes one feature, scaled to 0..1 (by its logarithm where the axis has one), with a second
    feature that says where it is missing (it is then 0.5). A category becomes one 0/1 feature a label; the rarest
    beyond 32 labels share one, and all are 0 where it is missing.

    Where a conditional parameter is missing, its features are those of a configuration drawn at random: a model then
    learns what its absence means from the parameter that decides on it, and credits that one.
    """
    rng = np.random.default_rng(seed)
    kept: list[AxisColumn] = []
    constant: list[str] = []
    blocks: list[NDArray[np.float64]] = []
    features: list[str] = []
    owners: list[int] = []
    for column in axis_columns(configs, axes):
        names, block = _features(column, rng)
        if not names:
            constant.append(column.axis.name)
            continue
        owners += [len(kept)] * len(names)
        kept.append(column)
        features += names
        blocks.append(block)
    matrix = np.column_stack(blocks) if blocks else np.empty((len(configs), 0))
    return Encoded(matrix, tuple(features), tuple(owners), tuple(kept), tuple(constant))


def _features(column: AxisColumn, rng: np.random.Generator) -> tuple[list[str], NDArray[np.float64]]:
    """Return names and values of the features that vary, none for a constant."""
    filled = _filled(column, rng) if column.axis.conditional else column
    named = _category_features(filled) if column.axis.kind == "category" else _number_features(filled)
    varying = [(name, values) for name, values in named if len(values) and values.min() < values.max()]
    names = [name for name, _ in varying]
    return names, np.column_stack([values for _, values in varying]) if names else np.empty((0, 0))


def _filled(column: AxisColumn, rng: np.random.Generator) -> AxisColumn:
    """Return the column with what it lacks drawn from what it has; it stays as it is where it has nothing."""
    usable = ~np.isnan(scaled(column) if column.axis.kind == "number" else column.values)
    if usable.all() or not usable.any():
        return column
    values = column.values.copy()
    values[~usable] = rng.choice(values[usable], int((~usable).sum()))
    return AxisColumn(column.axis, values, column.labels)


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
