"""Keep a discrete point from being handed out twice because two makers could not see each other."""

from collections.abc import Mapping
from typing import Any

from sweeps_app.models import Suggestion, Sweep
from sweeps_app.search.distributions import json_key
from sweeps_app.search.space import space_from_config
from sweeps_app.selectors.trials import Basis


def is_repeated(sweep: Sweep, config: Mapping[str, Any], basis: Basis) -> bool:
    """Tell whether a suggestion that the maker could not know of has taken `config`; the sweep's row is locked.

    Where a parameter is continuous, or configurations repeat by intent, none counts as taken.
    """
    if int(sweep.config.get("repeats", 1)) > 1:
        return False
    if not all(parameter.distribution.is_discrete for parameter in space_from_config(sweep.config).parameters):
        return False
    known = sweep.results.filter(number__lt=basis.results).values("suggestion__number")
    unknown = (
        sweep.suggestions.exclude(state=Suggestion.State.DROPPED)
        .exclude(number__in=basis.pending)
        .exclude(number__in=known)
    )
    return json_key(config) in {json_key(found) for found in unknown.values_list("config", flat=True)}
