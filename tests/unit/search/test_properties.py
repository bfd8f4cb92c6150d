"""What holds for every space: suggestions are inside, allowed, plain JSON, and the same for the same request."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.search.distributions import json_key
from sweeps_app.search.law import is_number
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from sweeps_app.search.suggest import SearchRequest, suggest
from tests.unit.search.spaces import configs, grid_parameters, is_plain, spaces

seeds = st.integers(0, 2**53)
numbers = st.integers(0, 10**6)
units = st.floats(0, 1, exclude_min=True)


def near(a, b):
    """Tell whether two configs are the same up to the rounding of floats."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(near(a[key], b[key]) for key in a)
    if is_number(a) and is_number(b):
        return type(a) is type(b) and abs(a - b) <= 1e-6 * max(1.0, abs(a))
    return json_key(a) == json_key(b)


@given(configs(), seeds, numbers)
def test_a_random_suggestion_is_inside_the_space_and_plain_and_can_be_replayed(config, seed, number):
    space = space_from_config(config)
    request = SearchRequest(config, seed, number)
    found = suggest(request)
    assert space.contains(found.config)
    assert space.is_feasible(found.config)
    assert is_plain(found.config)
    assert is_plain(found.why)
    assert suggest(request) == found
    replayed = SearchRequest(json.loads(json.dumps(config)), found.why["seed"], found.why["number"])
    assert suggest(replayed).config == found.config


@given(spaces(), st.data())
def test_every_point_of_the_cube_decodes_into_the_space(space, data):
    point = [data.draw(units) for _ in space.parameters]
    config = space.decode(point)
    assert space.contains(config)
    assert is_plain(config)


@given(spaces(), st.data())
def test_encoding_is_the_inverse_of_decoding(space, data):
    point = [data.draw(st.floats(1e-6, 1 - 1e-6)) for _ in space.parameters]
    config = space.decode(point)
    encoded = space.encode(config)
    assert all(u is None or 0 <= u <= 1 for u in encoded)
    assert near(space.decode([0.5 if u is None else u for u in encoded]), config)


@given(configs())
def test_a_checked_config_is_checked_to_itself(config):
    again = check_config(config)
    assert again.config == config
    assert again.problems == ()


@given(configs("grid", grid_parameters, largest=3))
def test_a_grid_has_every_allowed_point_once_in_the_order_of_the_product(config):
    space = space_from_config(config)
    points = [space.config_of(space.grid.at(number)) for number in range(space.grid.count)]
    assert [json_key(point) for point in points] == brute_force(space)
    assert all(space.contains(point) and is_plain(point) for point in points)
    assert suggest(SearchRequest(config, 1, space.grid.count)) is None


def brute_force(space):
    """Return the JSON forms of all grid points by looking at the whole product."""
    combinations = [[]]
    for parameter in space.parameters:
        combinations = [[*head, value] for head in combinations for value in parameter.distribution.grid_values()]
    found = {}
    for values in combinations:
        config = space.config_of(values)
        if space.is_feasible(config):
            found.setdefault(json_key(config))
    return list(found)
