"""What the resolvers know of a request."""

from collections.abc import Collection
from dataclasses import dataclass

from sweeps_app.models import User


@dataclass(frozen=True)
class Context:
    """Who asks, from which version of the client, and the server's address as that client sees it.

    `names` are the fields that occur in the request, so that what is not asked for need not be read.
    """

    user: User
    root: str
    client: str = ""
    names: Collection[str] = ()
