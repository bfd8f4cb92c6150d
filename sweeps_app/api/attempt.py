"""The attempt at a run that a client makes, which it names with everything that it says of the run."""

from rest_framework.request import Request

from sweeps_app.errors import InvalidInput, StaleAttempt
from sweeps_app.models import Run, User
from sweeps_app.selectors.access import run_get, run_heard, run_ref

HEADER = "Sweepdeck-Attempt"
MAX_ATTEMPT = 999_999_999
_MAX_DIGITS = 9


def attempt_of(request: Request) -> int | None:
    """Return the attempt that the client makes, None where it names none; raises `InvalidInput`."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= _MAX_DIGITS and int(given) > 0):
        raise InvalidInput.of(HEADER, "must be the run's `attempt`, such as 1")
    return int(given)


def run_of_client(request: Request, user: User, *place: str) -> Run:
    """Return a run as `run_ref` does, for what its client says of it.

    Raises `StaleAttempt` where the client makes an attempt that is over.
    """
    return _checked(request, run_ref(user, *place))


def heard_run_of_client(request: Request, user: User, *place: str) -> Run:
    """Return a run as `run_heard` does, for a sign of life from its client.

    Raises `StaleAttempt` where the client makes an attempt that is over.
    """
    return _checked(request, run_heard(user, *place))


def shown_run_of_client(request: Request, user: User, *place: str) -> Run:
    """Return a run with all that belongs to it, as `run_get` does, for what its client says of it.

    Raises `StaleAttempt` where the client makes an attempt that is over.
    """
    return _checked(request, run_get(user, *place))


def _checked(request: Request, run: Run) -> Run:
    attempt = attempt_of(request)
    if attempt is not None and attempt != run.attempt:
        raise StaleAttempt(attempt, run.attempt)
    return run
