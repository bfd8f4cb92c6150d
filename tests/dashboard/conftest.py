"""A person with a sweep that has some runs, and somebody who may not see it."""

import pytest
from django.test import Client

from tests.dashboard.world import World, make_world
from tests.factories import make_user


@pytest.fixture
def world(db) -> World:
    return make_world()


@pytest.fixture
def page(world) -> Client:
    """The owner's browser."""
    return _browser(world.owner)


@pytest.fixture
def stranger(world) -> Client:
    """The browser of somebody who belongs to another entity."""
    return _browser(make_user("stranger"))


def _browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client
