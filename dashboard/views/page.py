"""What every view shares: sign-in first, errors of services as pages, addresses of the place in the hierarchy."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, cast
from urllib.parse import quote

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from sweeps_app.errors import Conflict, Forbidden, InvalidInput, NotFound, SweepdeckError
from sweeps_app.models import User

# Query parameters that only scripts of open pages send.
_OF_SCRIPTS = ("fragments", "events")
Params = ParamSpec("Params")
_STATUS: dict[type[SweepdeckError], int] = {InvalidInput: 400, Forbidden: 403, NotFound: 404, Conflict: 409}


class PageRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


class Crumb(NamedTuple):
    """A step of the way to a page; the last one has no address."""

    label: str
    url: str = ""


def page(
    view: Callable[Concatenate[PageRequest, Params], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let only people in who have signed in, and answer a service's error as a page, or as JSON to a script."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        try:
            return view(cast("PageRequest", request), *args, **kwargs)
        except SweepdeckError as error:
            if is_from_script(request):
                return JsonResponse({"message": error.message}, status=_STATUS.get(type(error), 400))
            return _error_page(request, error)
        except ObjectDoesNotExist as error:
            raise Http404("it was deleted a moment ago") from error

    return answer


def is_from_script(request: HttpRequest) -> bool:
    """Tell whether a script asks on behalf of an open page, rather than a person who goes there."""
    return request.headers.get("Accept") == "application/json" or not request.GET.keys().isdisjoint(_OF_SCRIPTS)


def whole_number(request: HttpRequest, name: str, default: int) -> int:
    """Return a query parameter as a positive integer of reasonable size, or the default."""
    text = request.GET.get(name, "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 10 else default


def address(*parts: str) -> str:
    """Return the path of a page from the components of its address."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if is_from_script(request):
        return JsonResponse({"message": "Sign in again."}, status=401)
    return redirect_to_login(request.get_full_path())


def _error_page(request: HttpRequest, error: SweepdeckError) -> HttpResponse:
    if isinstance(error, NotFound):
        raise Http404(error.message)
    if isinstance(error, Forbidden):
        raise PermissionDenied(error.message)
    context: dict[str, Any] = {"message": error.message}
    return render(request, "400.html", context, status=_STATUS.get(type(error), 400))
