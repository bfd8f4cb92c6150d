"""What a share link shows to whoever knows it: the report of one sweep, as it is now."""

import gzip
from math import ceil
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from dashboard.report.assets import assets
from dashboard.report.kept import KeptReport, kept_report
from dashboard.throttle import address_of, seconds_to_wait
from sweeps_app.errors import NotFound
from sweeps_app.selectors.share_links import Ending
from sweeps_app.services.sharing import OpenedLink, share_open

PER_ADDRESS = "60/min"
PER_LINK = "120/min"
_METHODS = ("GET", "HEAD")
# The page runs as if it came from nowhere: even a script that got into it could not act for somebody who has signed in.
_SANDBOX = "sandbox allow-scripts allow-downloads allow-modals; frame-ancestors 'none'"


class _Answer(FileResponse):
    """A file, sent in pieces that are large enough for the turns between threads that each of them costs."""

    block_size = 256 * 1024


def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the report; 410 for a link that has ended, with whom to ask, and 429 for too many requests."""
    response = _answer(request, token)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    # Django would write the address, which is a secret, to the log of requests that have failed.
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponseBase:
    if request.method not in _METHODS:
        return HttpResponseNotAllowed(_METHODS)
    wait = seconds_to_wait(f"share {address_of(request)}", PER_ADDRESS)
    if wait is not None:
        return _too_many(request, wait)
    try:
        opened = share_open(token=token, now=timezone.now(), counts=request.method == "GET")
        if opened.ending is not None:
            return _ended(request, opened)
        wait = seconds_to_wait(f"share {opened.link.pk}", PER_LINK)
        return _too_many(request, wait) if wait is not None else _report(request, kept_report(opened.link.sweep))
    except NotFound:
        return _said(request, 404, {"is_unknown": True})


def _report(request: HttpRequest, report: KeptReport) -> HttpResponseBase:
    etag = f'W/"{report.version}"'
    if unchanged := get_conditional_response(request, etag=etag):
        report.file.close()
        return unchanged
    is_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    content = report.file if is_gzip else gzip.GzipFile(fileobj=report.file)
    response = _Answer(content, content_type="text/html; charset=utf-8")
    response["Content-Encoding"] = "gzip" if is_gzip else "identity"
    response["Content-Security-Policy"] = f"{assets().policy}; {_SANDBOX}"
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _ended(request: HttpRequest, opened: OpenedLink) -> HttpResponseBase:
    ending = opened.ending
    can_make_another = ending in (Ending.EXPIRED, Ending.REVOKED, Ending.TURNED_OFF)
    maker = opened.link.created_by if can_make_another else None
    return _said(request, 410, {"link": opened.link, "ending": ending, "maker": maker})


def _too_many(request: HttpRequest, wait: float) -> HttpResponseBase:
    seconds = ceil(wait)
    response = _said(request, 429, {"wait": seconds})
    response["Retry-After"] = str(seconds)
    return response


def _said(request: HttpRequest, status: int, context: dict[str, Any]) -> HttpResponseBase:
    response = render(request, "pages/share_ended.html", context, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response
