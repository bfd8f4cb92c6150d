"""Clients of the REST API: a member, a stranger, and somebody without credentials."""

import pytest

from tests.api.client import Api
from tests.factories import make_user


@pytest.fixture
def user(db):
    """Return the person whose things the tests are about."""
    return make_user("ada")


@pytest.fixture
def api(user):
    """Return a client of that person."""
    return Api.of(user)


@pytest.fixture
def stranger(db):
    """Return a client of a person who shares no entity with the first."""
    return Api.of(make_user("mallory"))
