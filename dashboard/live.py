"""Pages that keep themselves up to date: a poll is one cheap query and a 304 while nothing has changed.

The browser asks for the page's own address with `fragments` in the query and the version that it shows
(`If-None-Match`). What has changed comes back as the inner HTML of the page's live part, which `static/js/live.js`
merges into the document. Figures hang on that: each names its version, and is fetched again when that is a new one.
What sorts, filters or pages a table asks with `fragments=NAME` for the elements alone that depend on it.

With `events` in the query the same address answers with server-sent events, which say when to ask
(`static/js/live_stream.js`).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control

from sweeps_app.config.events import Stream, Subject, ask_to_stream
from sweeps_app.selectors.marks import SESSION

Context = dict[str, Any]

# A stream ends after so long, and its browser comes back: that the viewer may still see the page is looked at then.
STREAM_SECONDS = 300.0
_NO_PARTS: Mapping[str, Callable[[], Context]] = MappingProxyType({})


def live_page(
    request: HttpRequest,
    name: str,
    version: Callable[[], object],
    build: Callable[[], Context],
    *,
    watched: Subject,
    parts: Mapping[str, Callable[[], Context]] = _NO_PARTS,
) -> HttpResponseBase:
    """Return the page `pages/NAME.html`, or what is inside its live part where a script asks for that.

    `parts` has the contexts of the elements that can be asked for alone, by the name that `fragments` has then: they
    are in `live/NAME_PART.html`, and have no version, since the rest of the page keeps its own.

    `version` is read before `build` reads what is shown, so that what a page says it shows is never newer than what it
    does. `build` is not called when the browser has this version already. `watched` is what the page is about
    (`selectors/marks.py`), for its stream of events.
    """
    if "events" in request.GET:
        return _events(request, watched)
    part = request.GET.get("fragments", "")
    if part in parts:
        return revalidated(render(request, f"live/{name}_{part}.html", parts[part]()))
    etag = f'"{version()}"'
    wants_fragments = "fragments" in request.GET
    if wants_fragments and (unchanged := unchanged_response(request, etag)):
        return unchanged
    template = f"live/{name}.html" if wants_fragments else f"pages/{name}.html"
    response = render(request, template, build() | {"etag": etag})
    if wants_fragments:
        response["ETag"] = etag
    return revalidated(response)


def _events(request: HttpRequest, watched: Subject) -> HttpResponse:
    """Ask for a stream. Where the server in front has none to give, the browser gets no content, and polls."""
    guard: Subject = (SESSION, request.session.session_key or "")
    ask_to_stream(request.META, Stream((watched,), guard, STREAM_SECONDS))
    # Proxies are to pass on each event as it comes.
    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return HttpResponse(status=204, content_type="text/event-stream", headers=headers)


def unchanged_response(request: HttpRequest, etag: str) -> HttpResponseBase | None:
    """Return a 304 where the browser has what `etag` stands for, else None."""
    response = get_conditional_response(request, etag=etag)
    return response and revalidated(response)


def revalidated(response: HttpResponseBase) -> HttpResponseBase:
    """Let the browser keep the response for itself, but ask each time whether it still holds."""
    patch_cache_control(response, private=True, no_cache=True)
    return response


def with_etag(response: HttpResponse, etag: str) -> HttpResponseBase:
    """Name the version of a response that its browser may keep."""
    response["ETag"] = etag
    return revalidated(response)
