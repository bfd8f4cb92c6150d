"""Random search: independent draws from the parameters' laws, given the constraints."""

from sweeps_app.search.request import SearchRequest, Suggested, suggested
from sweeps_app.search.space import space_from_config

VERSION = 1


def suggest_random(request: SearchRequest) -> Suggested:
    """Return a random configuration; it depends on the seed and the number only."""
    space = space_from_config(request.config)
    return suggested(request, space.decode(space.sample(request.generator())), version=VERSION)
