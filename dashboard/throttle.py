"""How often somebody who has not signed in may ask; each web process counts for itself."""

from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle


class _Throttle(SimpleRateThrottle):
    """REST framework's throttle for a key of ours."""

    def __init__(self, counted: str, rate: str) -> None:
        self.counted, self.rate = counted, rate
        super().__init__()

    def get_cache_key(self, *_: object) -> str:
        """Return what is counted."""
        return self.counted


def seconds_to_wait(key: str, rate: str) -> float | None:
    """Count a request of `key` and return None, or the seconds to wait where there were more than `rate` ("60/min")."""
    # A hash, since not every cache takes all that a header may hold.
    throttle = _Throttle(f"throttle.{sha256(key.encode(errors='replace')).hexdigest()}", rate)
    allowed = throttle.allow_request(None, None)  # type: ignore[arg-type]  # which it hands to get_cache_key alone
    return None if allowed else throttle.wait() or 1.0


def address_of(request: HttpRequest) -> str:
    """Return the network address of whoever asks: behind a proxy, the one that the proxy itself has seen."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
