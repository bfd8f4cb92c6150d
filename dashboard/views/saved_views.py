"""Save and delete views of a table of runs."""

from django.http import JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from dashboard.run_table.view import read_view
from dashboard.views.page import PageRequest, page
from dashboard.views.sweep import sweep_at
from sweeps_app.models import Project, Sweep
from sweeps_app.selectors.access import project_get
from sweeps_app.services.views import view_delete, view_save


@require_POST
@page
def save_view(request: PageRequest, entity: str, project: str, sweep_id: str | None = None) -> HttpResponseBase:
    """Save the view that an address describes under the name that the form gives."""
    found, sweep = _place(request, entity, project, sweep_id)
    name = request.POST.get("name", "").strip()
    view = read_view(QueryDict(str(request.POST.get("address", "")).lstrip("?")), None)
    is_default = "is_default" in request.POST
    view_save(user=request.user, project=found, sweep=sweep, name=name, settings=view.settings(), is_default=is_default)
    return JsonResponse({"message": f"The view {name} is saved{' and shown first' if is_default else ''}."})


@require_POST
@page
def delete_view(request: PageRequest, entity: str, project: str, sweep_id: str | None = None) -> HttpResponseBase:
    """Delete the view that the form names."""
    found, sweep = _place(request, entity, project, sweep_id)
    name = request.POST.get("name", "")
    view_delete(project=found, sweep=sweep, name=name.replace("\x00", ""))
    return JsonResponse({"message": f"The view {name} is deleted."})


def _place(request: PageRequest, entity: str, project: str, sweep_id: str | None) -> tuple[Project, Sweep | None]:
    if sweep_id is None:
        return project_get(request.user, entity, project), None
    sweep = sweep_at(request.user, entity, project, sweep_id)
    return sweep.project, sweep
