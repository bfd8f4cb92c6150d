"""The Content-Security-Policy header of every answer."""

from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# What django-csp's decorators leave in an answer that has a policy of its own.
_OF_ITS_OWN = frozenset({"_csp_config", "_csp_update", "_csp_replace", "_csp_exempt"})


class PolicyMiddleware(CSPMiddleware):
    """django-csp's middleware, which puts the settings' policy together once and not for each answer."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._policy = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the header."""
        has_nonce = getattr(request, "_csp_nonce", None) is not None
        if has_nonce or HEADER in response or not _OF_ITS_OWN.isdisjoint(vars(response)):
            return super().process_response(request, response)
        response[HEADER] = self._policy
        return response
