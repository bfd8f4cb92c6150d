"""Every allowed combination of linked parameters, without a look at those that cannot be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sweeps_app.search.constraints import Constraint
from sweeps_app.search.parameters import Parameter, names_of

MAX_COMBINATIONS = 100_000


class TooManyCombinations(ValueError):
    """The named parameters have more combinations, whole or begun, than may be looked at one by one."""

    def __init__(self, names: str) -> None:
        super().__init__(f"{names} have more combinations than the {MAX_COMBINATIONS:,} that can be checked")


def allowed_combinations(
    parameters: Sequence[Parameter],
    order: Sequence[int],
    constraints: Sequence[Constraint],
    choices: Sequence[Sequence[Any]],
) -> Iterator[list[int]]:
    """Yield one index into each of `choices` for every point that conditions and constraints allow.

    Depth first along `order`, in which parameters stand behind those that they depend on: an absent parameter has one
    choice, and a constraint is looked at as soon as its parameters are chosen. Raises `TooManyCombinations`.
    """
    checks = _checks(parameters, order, constraints)
    active: dict[str, Any] = {}
    digits = [0] * len(order)
    stack = [_options(parameters[order[0]], choices[order[0]], active)]
    budget = MAX_COMBINATIONS
    while stack:
        depth = len(stack) - 1
        place = order[depth]
        name = parameters[place].name
        digit = next(stack[-1], None)
        active.pop(name, None)
        if digit is None:
            stack.pop()
            continue
        budget -= 1
        if budget < 0:
            raise TooManyCombinations(names_of(parameters))
        digits[place] = max(digit, 0)
        if digit >= 0:
            active[name] = choices[place][digit]
        if not all(constraint.holds(active) for constraint in checks[depth]):
            continue
        if depth + 1 == len(order):
            yield list(digits)
        else:
            following = order[depth + 1]
            stack.append(_options(parameters[following], choices[following], active))


def _options(parameter: Parameter, choice: Sequence[Any], active: Mapping[str, Any]) -> Iterator[int]:
    """Return the indices to try, -1 alone for a parameter that is absent."""
    return iter(range(len(choice)) if parameter.is_active(active) else (-1,))


def _checks(
    parameters: Sequence[Parameter], order: Sequence[int], constraints: Sequence[Constraint]
) -> list[list[Constraint]]:
    """Return for each depth the constraints whose last parameter is chosen there."""
    depths = {parameters[place].name: depth for depth, place in enumerate(order)}
    checks: list[list[Constraint]] = [[] for _ in order]
    for constraint in constraints:
        checks[max(depths[name] for name in constraint.names)].append(constraint)
    return checks
