"""The parameters of a space, read from a normalised config."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any, Literal

from sweeps_app.search.distributions import DISTRIBUTIONS, Distribution, json_key

Kind = Literal["constant", "category", "number"]
_KINDS: dict[str, Kind] = {
    "constant": "constant",
    "categorical": "category",
    "categorical_w_probabilities": "category",
}

# Stands for the value of a parameter that a config lacks.
ABSENT: Any = object()


@dataclass(frozen=True)
class Condition:
    """That the parameter `name` is present and has a value whose JSON form is in `keys`."""

    name: str
    keys: frozenset[str]

    def holds(self, active: Mapping[str, Any]) -> bool:
        """Tell whether it holds among the values of the parameters that are present, by name."""
        value = active.get(self.name, ABSENT)
        return value is not ABSENT and json_key(value) in self.keys


@dataclass(frozen=True)
class Parameter:
    """One parameter: where it stands in a run's config, its law, and the conditions that must all hold for it."""

    path: tuple[str, ...]
    law: str
    distribution: Distribution
    when: tuple[Condition, ...] = ()

    @cached_property
    def name(self) -> str:
        """The dotted name."""
        return ".".join(self.path)

    @property
    def kind(self) -> Kind:
        """What its values are."""
        return _KINDS.get(self.law, "number")

    @property
    def is_log(self) -> bool:
        """Whether the law is spread over the logarithm of the values."""
        return "log_" in self.law

    def is_active(self, active: Mapping[str, Any]) -> bool:
        """Tell whether it is present beside the values of the parameters that it depends on, by name."""
        return all(condition.holds(active) for condition in self.when)


@dataclass(frozen=True)
class _Leaf:
    """A parameter's config with the `when` of itself and of each group around it, by the scope each stands in."""

    path: tuple[str, ...]
    config: Mapping[str, Any]
    whens: tuple[tuple[tuple[str, ...], Mapping[str, Sequence[Any]]], ...]


def parameters_from_config(parameters: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """Return the parameters of a normalised `parameters` section, names sorted at each nesting level."""
    leaves = list(_leaves(parameters, (), ()))
    names = {".".join(leaf.path) for leaf in leaves}
    return tuple(_parameter(leaf, names) for leaf in leaves)


def resolve(scope: Sequence[str], other: str, names: Container[str]) -> str | None:
    """Return the full name of the parameter that `other` means inside the group `scope`: the innermost wins."""
    for depth in range(len(scope), -1, -1):
        name = ".".join((*scope[:depth], other))
        if name in names:
            return name
    return None


def dependency_order(parameters: Iterable[Parameter]) -> list[str]:
    """Return the names such that each stands behind those that its conditions ask for.

    Raises `graphlib.CycleError`, with the names in a circle as its second argument.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for parameter in parameters:
        sorter.add(parameter.name, *(condition.name for condition in parameter.when))
    return list(sorter.static_order())


def names_of(parameters: Sequence[Parameter]) -> str:
    """Return the names for a message, of a long list the first ten."""
    names = [parameter.name for parameter in parameters]
    return ", ".join(names) if len(names) <= 10 else f"{', '.join(names[:10])} and {len(names) - 10} more"


def _leaves(parameters: Mapping[str, Any], scope: tuple[str, ...], whens: tuple[Any, ...]) -> Iterator[_Leaf]:
    for key, config in sorted(parameters.items()):
        inherited = (*whens, (scope, config["when"])) if "when" in config else whens
        if "parameters" in config:
            yield from _leaves(config["parameters"], (*scope, key), inherited)
        else:
            yield _Leaf((*scope, key), config, inherited)


def _parameter(leaf: _Leaf, names: Container[str]) -> Parameter:
    law = leaf.config["distribution"]
    conditions = [
        Condition(resolve(scope, other, names) or other, frozenset(map(json_key, values)))
        for scope, when in leaf.whens
        for other, values in sorted(when.items())
    ]
    return Parameter(leaf.path, law, DISTRIBUTIONS[law].from_config(leaf.config), tuple(conditions))
