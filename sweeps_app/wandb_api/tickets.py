"""Addresses under which files are put and read without a key: signed, for a person, a file of a run, and a time."""

from typing import NamedTuple
from urllib.parse import quote

from django.core import signing

from sweeps_app.models import Run

PUT, GET = "put", "get"
# A run may prepare an upload long before its turn comes, and an offline one is sent whole.
_SECONDS = 7 * 24 * 3600
_SALT = "sweepdeck.wandb.file"


class Ticket(NamedTuple):
    """What an address allows: `do` it with a path of a run, as a person."""

    do: str
    user: int
    run: int
    path: str


def file_address(root: str, run: Run, ticket: Ticket) -> str:
    """Return the address of a file that carries its ticket."""
    names = (run.project.entity.name, run.project.name, run.run_id)
    place = "/".join(["files", *(quote(name, safe="") for name in names), quote(ticket.path)])
    return f"{root}/{place}?ticket={signing.dumps(list(ticket), salt=_SALT)}"


def read_ticket(text: str) -> Ticket | None:
    """Return the ticket of an address, None where it is none of ours or too old."""
    try:
        do, user, run, path = signing.loads(text, salt=_SALT, max_age=_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Ticket(do, user, run, path)
