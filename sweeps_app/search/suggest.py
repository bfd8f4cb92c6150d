"""One table from a method to the function that suggests."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from sweeps_app.search.feasibility import check_cmaes, check_feasible, check_grid
from sweeps_app.search.grid import suggest_grid
from sweeps_app.search.problems import Report
from sweeps_app.search.random_search import suggest_random
from sweeps_app.search.request import SearchRequest, Suggested
from sweeps_app.search.space import Space, space_from_config
from sweeps_app.search.told import metrics_of
from sweeps_app.search.trials import Trial
from sweeps_app.search.untried import is_countable

__all__ = ["METHODS", "Method", "SearchRequest", "Suggested", "reads_trials", "suggest", "suggest_in_turn"]

_Suggest = Callable[[SearchRequest], Suggested | None]
_Stream = Callable[[SearchRequest], Iterator[Suggested]]


@dataclass(frozen=True)
class Method:
    """A way to search: its function, and what it asks of a config.

    `stream` yields suggestions from the number of a request on, each as if those before it were running, and ends when
    the space is used up; what it works out from the results serves all of them.

    `needs_metric`: it learns from results. `takes_metrics`: it can pursue several metrics at once; without it,
    `metrics` are refused by methods that learn. `needs_metrics`: it is for several metrics only. `never_repeats`: it
    does not learn, but looks at the trials so as not to repeat one. `is_outside`: a controller elsewhere posts the
    suggestions, and `stream` has none. `check` reports why the method cannot search a space.
    """

    stream: _Stream
    needs_metric: bool = False
    takes_metrics: bool = False
    needs_metrics: bool = False
    never_repeats: bool = False
    is_outside: bool = False
    check: Callable[[Report, Space], None] = check_feasible


def _each(suggest_one: _Suggest) -> _Stream:
    """Return a stream of what is suggested one by one."""

    def stream(request: SearchRequest) -> Iterator[Suggested]:
        while (found := suggest_one(request)) is not None:
            yield found
            request = request.following(found)

    return stream


def _later(module: str, name: str) -> Callable[[SearchRequest], Any]:
    """Return a function of a module that is imported when it is first called.

    What only checks a config, as the web process does, needs neither Optuna nor a Gaussian process.
    """

    def call(request: SearchRequest) -> Any:
        return getattr(import_module(f"sweeps_app.search.{module}"), name)(request)

    return call


def _suggest_nothing(_request: SearchRequest) -> None:
    return None


METHODS: Mapping[str, Method] = {
    "random": Method(_each(suggest_random)),
    "grid": Method(_each(suggest_grid), check=check_grid),
    "bayes": Method(_later("bayes", "suggest_bayes"), needs_metric=True),
    "tpe": Method(_later("optuna_methods", "suggest_tpe"), needs_metric=True, takes_metrics=True),
    "cmaes": Method(_later("cmaes_method", "suggest_cmaes"), needs_metric=True, check=check_cmaes),
    "qmc": Method(_each(_later("quasi_random", "suggest_qmc")), never_repeats=True),
    "nsga2": Method(
        _later("optuna_methods", "suggest_nsga2"), needs_metric=True, takes_metrics=True, needs_metrics=True
    ),
    "custom": Method(_each(_suggest_nothing), is_outside=True),
}


def reads_trials(config: Mapping[str, Any]) -> bool:
    """Tell whether the suggestions of a normalised config depend on trials, so that a request has to bring them.

    They do where the method learns, and where it must not repeat itself in a space that can be used up.
    """
    method = METHODS[config["method"]]
    if method.needs_metric or not method.never_repeats:
        return method.needs_metric
    return is_countable(space_from_config(config))


def suggest(request: SearchRequest) -> Suggested | None:
    """Return the suggestion that `request` asks for, or None where the space is used up.

    With `repeats`, that many numbers in a row share one configuration, and `why` says which `repeat` each is. The
    later ones take it from the first one's trial where that is known: by then a method may choose another.
    """
    repeats = request.config.get("repeats", 1)
    method = METHODS[request.config["method"]]
    if repeats == 1:
        return next(method.stream(request), None)
    draw, repeat = divmod(request.number, repeats)
    sibling = _sibling(request, draw * repeats) if repeat else None
    if sibling is not None:
        why = {"method": request.config["method"], "seed": request.seed, "number": draw}
        return Suggested(request.number, dict(sibling.config), why | {"repeat": repeat, "repeats": sibling.number})
    found = next(method.stream(request.at(draw)), None)
    return found and replace(found, number=found.number * repeats + repeat, why=found.why | {"repeat": repeat})


def suggest_in_turn(request: SearchRequest) -> Iterator[Suggested]:
    """Yield suggestions from `request.number` on, each as `suggest` makes it when those before it are running."""
    config = request.config
    # A suggestion that is running may count as a result.
    is_told_at_once = any(metric["impute_while_running"] for metric in metrics_of(config))
    if config.get("repeats", 1) > 1 or is_told_at_once:
        yield from _each(suggest)(request)
    else:
        yield from METHODS[config["method"]].stream(request)


def _sibling(request: SearchRequest, first: int) -> Trial | None:
    return next((trial for trial in request.trials if first <= trial.number < request.number), None)
