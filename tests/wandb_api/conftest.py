"""A client of the wandb protocol inside of the test's own process."""

import pytest

from tests.factories import make_user
from tests.wandb_api.client import Wandb


@pytest.fixture
def user(db):
    """Return the person whose key the client has."""
    return make_user("ada")


@pytest.fixture
def wandb(user):
    """Return a client of that person."""
    return Wandb.of(user)


@pytest.fixture
def stranger(db):
    """Return a client of a person who shares no entity with the first."""
    return Wandb.of(make_user("mallory"))
