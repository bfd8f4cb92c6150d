"""API keys of the person who has signed in: make one, see which there are, revoke."""

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.forms import KeyForm
from dashboard.views.page import Crumb, PageRequest, page
from sweeps_app.models import ApiKey
from sweeps_app.selectors.keys import ended_keys, valid_keys
from sweeps_app.services.keys import key_create, key_revoke

MAX_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page
def keys(request: PageRequest) -> HttpResponseBase:
    """Show the keys, and a new one's secret in the answer to the form that made it: nowhere else, never again."""
    form = KeyForm(request.POST or None, label_suffix="")
    made: ApiKey | None = None
    secret = ""
    if request.method == "POST" and form.is_valid():
        made, secret = key_create(user=request.user, name=form.cleaned_data["name"], expires_at=form.expires_at())
        form = KeyForm(label_suffix="")
    context = {
        "form": form,
        "made": made,
        "secret": secret,
        "server": request.build_absolute_uri("/").rstrip("/"),
        "keys": valid_keys(request.user)[:MAX_SHOWN],
        "ended": ended_keys(request.user)[:MAX_SHOWN],
        "crumbs": [Crumb("Settings"), Crumb("API keys")],
    }
    return render(request, "pages/keys.html", context, status=400 if form.errors else 200)


@require_POST
@page
def revoke(request: PageRequest, key_id: int) -> HttpResponseBase:
    """Revoke one of one's own keys."""
    key = ApiKey.objects.filter(pk=key_id, user=request.user).first()
    if key is None:
        raise Http404("no such key of yours")
    key_revoke(key=key)
    messages.success(request, f"Key {key} is revoked. Scripts that use it are refused from now on.")
    return redirect("keys")
