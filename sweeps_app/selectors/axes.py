"""The parameters of a sweep as axes: what charts draw and analyses compare."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import fmean, pstdev
from typing import Any

from sweeps_app.analysis.encoding import ParameterAxis
from sweeps_app.search.parameters import Parameter
from sweeps_app.search.space import space_from_config


def parameter_axes(config: Mapping[str, Any]) -> list[ParameterAxis]:
    """Return an axis for each parameter of a normalised config that can vary, in the order of their names.

    Listed values that are all numbers make an axis of numbers, since they have an order and a direction. Its scale is
    logarithmic where the distribution is, and for listed numbers where their logarithms are more evenly spaced.
    """
    return [_axis(parameter) for parameter in space_from_config(config).parameters if _can_vary(parameter)]


def fixed_parameters(config: Mapping[str, Any]) -> list[str]:
    """Return the names of the parameters of a normalised config that have one value only."""
    return [parameter.name for parameter in space_from_config(config).parameters if not _can_vary(parameter)]


def _can_vary(parameter: Parameter) -> bool:
    values = parameter.distribution.atoms()
    return values is None or len(values) > 1


def _axis(parameter: Parameter) -> ParameterAxis:
    conditional = bool(parameter.when)
    if parameter.kind == "number":
        return ParameterAxis(parameter.path, "number", log=parameter.is_log, conditional=conditional)
    values = parameter.distribution.atoms() or ()
    if not all(_is_number(value) for value in values):
        return ParameterAxis(parameter.path, "category", conditional=conditional)
    is_log = _is_geometric(sorted({float(value) for value in values}))
    return ParameterAxis(parameter.path, "number", log=is_log, conditional=conditional)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_geometric(values: Sequence[float]) -> bool:
    """Tell whether ascending numbers are more evenly spaced by their logarithms than as they are."""
    if len(values) < 3 or values[0] <= 0:
        return False
    return _unevenness([math.log(value) for value in values]) < _unevenness(values)


def _unevenness(values: Sequence[float]) -> float:
    """Return the coefficient of variation of the gaps."""
    gaps = [after - before for before, after in pairwise(values)]
    mean = fmean(gaps)
    return pstdev(gaps) / mean if mean > 0 else math.inf
