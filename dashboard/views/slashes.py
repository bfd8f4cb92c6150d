"""Addresses that end in a slash lead to the page without it."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect
from django.urls import is_valid_path
from django.views.decorators.http import require_safe


@require_safe
def without_slash(request: HttpRequest, path: str) -> HttpResponsePermanentRedirect:
    """Redirect within this server: a path that begins with several slashes would name another one."""
    page = f"/{path.strip('/')}"
    if not is_valid_path(page):
        raise Http404("no page has this address")
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{quote(page)}{'?' if query else ''}{query}")
