"""Make one suggestion of a sweep from what is known: in the same way when it is handed out and when it is verified."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sweeps_app.models import Suggestion, Sweep, SweepVersion
from sweeps_app.search.distributions import json_key
from sweeps_app.search.request import SearchRequest, Suggested
from sweeps_app.search.suggest import METHODS, reads_trials, suggest, suggest_in_turn
from sweeps_app.search.trials import Trial


def current_version(sweep: Sweep) -> SweepVersion:
    """Return the version under which the sweep's next suggestion is made."""
    if sweep.version == 1:
        return SweepVersion(sweep=sweep, number=1, config=sweep.config)
    return sweep.versions.get(number=sweep.version)


def is_slow(sweep: Sweep) -> bool:
    """Tell whether the sweep's method looks at what is known, which takes its time."""
    return reads_trials(sweep.config)


def is_left_to_others(sweep: Sweep) -> bool:
    """Tell whether a process of the user decides, and posts what to run."""
    return METHODS[sweep.method].is_outside or (sweep.config.get("controller") or {}).get("type") == "local"


def suggestion_make(sweep: Sweep, version: SweepVersion, number: int, trials: Sequence[Trial]) -> Suggested | None:
    """Return the suggestion `number` under `version`, or None where the space is used up."""
    if sweep.method == "grid" and version.number > 1:
        return _next_untried(sweep, version, number)
    return suggest(SearchRequest(config=version.config, seed=sweep.seed, number=number, trials=tuple(trials)))


def suggestions_in_turn(
    sweep: Sweep, version: SweepVersion, numbers: range, trials: Sequence[Trial]
) -> Iterator[Suggested]:
    """Yield the suggestions `numbers`, each as `suggestion_make` makes it when those before it run.

    There are fewer where the space is used up.
    """
    request = SearchRequest(config=version.config, seed=sweep.seed, number=numbers.start, trials=tuple(trials))
    return (found for found, _ in zip(suggest_in_turn(request), numbers, strict=False))


def _next_untried(sweep: Sweep, version: SweepVersion, number: int) -> Suggested | None:
    """Return the first point of an edited grid, from `number` on, that no earlier version has handed out."""
    earlier = Suggestion.objects.filter(sweep=sweep, number__lt=version.first_number)
    tried = {json_key(config) for config in earlier.values_list("config", flat=True)}
    while True:
        position = number - version.first_number
        found = suggest(SearchRequest(config=version.config, seed=sweep.seed, number=position))
        if found is None:
            return None
        number = version.first_number + found.number
        if json_key(found.config) not in tried:
            return replace(found, number=number)
        number += 1
