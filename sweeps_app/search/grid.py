"""Grid search: every combination once, in a fixed order."""

from sweeps_app.search.request import SearchRequest, Suggested, suggested
from sweeps_app.search.space import space_from_config

VERSION = 1


def suggest_grid(request: SearchRequest) -> Suggested | None:
    """Return grid point `request.number`, or None after the last one."""
    space = space_from_config(request.config)
    if space.grid is None or request.number >= space.grid.count:
        return None
    config = space.config_of(space.grid.at(request.number))
    return suggested(request, config, version=VERSION)
