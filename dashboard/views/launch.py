"""Launch agents of a sweep: the form of the dialog on its page, which is a page of its own without scripts."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dashboard.launch_form import LaunchForm, launch_context
from dashboard.views.control import done
from dashboard.views.page import Crumb, PageRequest, address, page
from dashboard.views.sweep import sweep_at
from sweeps_app.errors import FieldProblem, InvalidInput
from sweeps_app.services.job_launch import JobSettings, jobs_launch


@require_http_methods(["GET", "HEAD", "POST"])
@page
def launch(request: PageRequest, entity: str, project: str, sweep_id: str) -> HttpResponseBase:
    """Show the form, or queue agents."""
    sweep = sweep_at(request.user, entity, project, sweep_id)
    url = address(entity, project, "sweeps", sweep_id)
    if request.method == "POST":
        form = LaunchForm(sweep, request.POST)
        if not form.is_valid():
            raise InvalidInput(
                [FieldProblem(str(form[name].label), " ".join(map(str, said))) for name, said in form.errors.items()]
            )
        given = form.cleaned_data
        request_id, agents = given.pop("request_id"), given.pop("agents")
        jobs, _ = jobs_launch(
            user=request.user, sweep=sweep, wanted=JobSettings(**given), agents=agents, request_id=request_id
        )
        number = "One agent is" if len(jobs) == 1 else f"{len(jobs):,} agents are"
        return done(request, f"{number} queued.", f"{url}#agents")
    crumbs = [
        Crumb(entity, address(entity)),
        Crumb(project, address(entity, project)),
        Crumb(str(sweep), url),
        Crumb("Launch agents"),
    ]
    return render(request, "pages/launch.html", launch_context(request.user, sweep) | {"url": url, "crumbs": crumbs})
