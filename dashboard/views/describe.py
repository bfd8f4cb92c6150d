"""Name, tags and notes of a run: the form, what the notes will look like, and saving."""

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.markdown import markdown_html
from dashboard.views.control import done
from dashboard.views.page import Crumb, PageRequest, address, is_from_script, page
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run
from sweeps_app.selectors.access import run_get
from sweeps_app.services.bulk import MAX_NOTES
from sweeps_app.services.describing import FIELDS, Description, run_describe, run_marks


@require_http_methods(["GET", "HEAD", "POST"])
@page
def describe_run(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponseBase:
    """Show the form as the run is now, or save it; for a script the form alone."""
    found = run_get(request.user, entity, project, run_id)
    url = address(entity, project, "runs", run_id)
    if request.method == "POST":
        seen = {field: request.POST.get(f"seen-{field}", "") for field in FIELDS}
        changed = run_describe(
            run=found, wanted=_wanted(found, request.POST), seen=seen, overwrite="overwrite" in request.POST
        )
        return done(request, "Saved." if changed else "Nothing was changed.", url)
    is_part = is_from_script(request)
    context = {
        "run": found,
        "url": url,
        "marks": list(run_marks(found).items()),
        "in_dialog": is_part,
        "crumbs": [
            Crumb(entity, address(entity)),
            Crumb(project, address(entity, project)),
            Crumb(str(found), url),
            Crumb("Describe"),
        ],
    }
    return render(request, "partials/describe_form.html" if is_part else "pages/describe.html", context)


@require_POST
@page
def preview_notes(request: PageRequest, entity: str, project: str, run_id: str) -> HttpResponse:
    """Return notes as they will look."""
    run_get(request.user, entity, project, run_id)
    notes = request.POST.get("notes", "")
    if len(notes) > MAX_NOTES:
        raise InvalidInput.of("notes", f"have more than {MAX_NOTES:,} characters")
    return HttpResponse(markdown_html(notes) or '<p class="faint">Nothing to show.</p>')


def _wanted(run: Run, form: QueryDict) -> Description:
    text = str(form.get("tags", ""))
    # A tag that a client has set may hold a comma itself.
    tags = run.tags if text == ", ".join(run.tags) else text.split(",")
    return Description(name=str(form.get("name", "")), tags=tags, notes=str(form.get("notes", "")))
