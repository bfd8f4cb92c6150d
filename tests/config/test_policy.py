"""The Content-Security-Policy is the settings', unless a view has its own."""

import pytest
from csp.constants import NONCE
from csp.decorators import csp, csp_exempt, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpResponse
from django.test import RequestFactory

from sweeps_app.config.policy import PolicyMiddleware


def plain(_):
    return HttpResponse()


def with_nonce(request):
    return HttpResponse(str(request.csp_nonce))


def with_header(_):
    return HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})


VIEWS = [plain, csp({"default-src": ["'none'"]})(plain), csp_exempt()(plain), with_header]


@pytest.mark.parametrize("view", VIEWS)
def test_the_header_is_the_one_that_django_csp_gives(view):
    request = RequestFactory().get("/")
    ours, theirs = PolicyMiddleware(view)(request), CSPMiddleware(view)(request)
    assert ours.get("Content-Security-Policy") == theirs.get("Content-Security-Policy")


def test_a_nonce_is_in_the_header():
    view = csp_update({"script-src": [NONCE]})(with_nonce)
    answer = PolicyMiddleware(view)(RequestFactory().get("/"))
    assert f"'nonce-{answer.content.decode()}'" in answer["Content-Security-Policy"]
