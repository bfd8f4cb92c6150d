"""The share links of a sweep: make one, see which there are and how often they were opened, revoke."""

from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.share_form import ShareForm
from dashboard.views.page import Crumb, PageRequest, address, page
from dashboard.views.sweep import sweep_at
from sweeps_app.selectors.share_links import ending_of, share_link_get, share_links
from sweeps_app.services.sharing import MadeLink, share_create, share_revoke

MAX_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page
def share(request: PageRequest, entity: str, project: str, sweep_id: str) -> HttpResponseBase:
    """Show the links, and a new one's address in the answer to the form that made it: nowhere else, never again."""
    sweep = sweep_at(request.user, entity, project, sweep_id)
    form, made = ShareForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        made = share_create(user=request.user, sweep=sweep, **form.cleaned_data)
        form = ShareForm()
    now = timezone.now()
    listed = [(link, ending_of(link, now)) for link in share_links(sweep)[:MAX_SHOWN]]
    url = address(entity, project, "sweeps", sweep_id)
    context = {
        "sweep": sweep,
        "url": url,
        "sharing": settings.SHARING,
        "share_form": form,
        "made": made,
        "made_url": _url_of(made),
        "working": [link for link, ending in listed if ending is None],
        "ended": [pair for pair in listed if pair[1] is not None],
        "crumbs": [
            Crumb(entity, address(entity)),
            Crumb(project, address(entity, project)),
            Crumb(str(sweep), url),
            Crumb("Share"),
        ],
    }
    return render(request, "pages/share.html", context, status=400 if form.errors else 200)


@require_POST
@page
def revoke_share(request: PageRequest, entity: str, project: str, sweep_id: str, share_id: str) -> HttpResponseBase:
    """Revoke a link: whoever may see the sweep may end what shows it to others."""
    link = share_link_get(sweep_at(request.user, entity, project, sweep_id), share_id)
    share_revoke(link=link)
    messages.success(request, f"The link {link} shows nothing any more.")
    return redirect(f"{address(entity, project, 'sweeps', sweep_id)}/share")


def _url_of(made: MadeLink | None) -> str:
    return f"{settings.PUBLIC_URL}{address('share', made.token)}" if made else ""
