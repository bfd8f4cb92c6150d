"""Make a sweep in the browser: from nothing, or from an earlier sweep, narrowed to its best runs or a selection."""

from typing import Any

from django.contrib import messages
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.editor.answer import editor_answer
from dashboard.editor.check import CheckedText, check_text
from dashboard.editor.forms import CheckForm, EditorForm
from dashboard.editor.options import editor_options
from dashboard.editor.start import BLANK, Start, read_narrowing, start_from
from dashboard.editor.written import written
from dashboard.selection.reading import selection_of
from dashboard.views.page import Crumb, PageRequest, address, page
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Project, Sweep
from sweeps_app.query.selection import NOTHING_SELECTED, Selection
from sweeps_app.selectors.access import project_get
from sweeps_app.selectors.run_times import run_seconds
from sweeps_app.selectors.sweeps import project_sweeps
from sweeps_app.services.sweeps import sweep_create

MAX_SWEEPS = 200
DEFAULT_AGENTS = 4


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_sweep(request: PageRequest, entity: str, project: str) -> HttpResponseBase:
    """Show the editor, or make the sweep that its text describes."""
    found = project_get(request.user, entity, project)
    earlier = _earlier(found, request.GET.get("from", ""))
    if request.method != "POST":
        return _page(request, found, earlier, EditorForm(text=_text(request, earlier)), CheckedText())
    form = EditorForm(request.POST)
    if not form.is_valid():
        return _page(request, found, earlier, form, CheckedText())
    checked = check_text(form.cleaned_data["config"])
    if checked.problems:
        return _page(request, found, earlier, form, checked)
    made = sweep_create(
        user=request.user,
        config=checked.given,
        entity_name=found.entity.name,
        project_name=found.name,
        request_id=form.cleaned_data["request_id"],
    )
    messages.success(request, "The sweep is made. It begins when an agent asks for work; below is how to start one.")
    return redirect(f"{address(entity, project, 'sweeps', made.sweep.sweep_id)}#agents")


@require_POST
@page
def check_new_sweep(request: PageRequest, entity: str, project: str) -> HttpResponseBase:
    """Tell what is wrong with a text, what it would draw, and what the sweep would cost."""
    found = project_get(request.user, entity, project)
    form = CheckForm(request.POST)
    if not form.is_valid():
        raise InvalidInput.of(*_first_error(form))
    basis = _earlier(found, form.cleaned_data["basis"])
    seconds = run_seconds(basis) if basis else run_seconds(found)
    if basis and not seconds.size:
        basis, seconds = None, run_seconds(found)
    answer = editor_answer(
        check_text(form.cleaned_data["config"]),
        seconds=seconds,
        source=str(basis) if basis else "this project",
        agents=form.cleaned_data["agents"] or DEFAULT_AGENTS,
    )
    return JsonResponse(answer)


def _first_error(form: CheckForm) -> tuple[str, str]:
    name, said = next(iter(form.errors.items()))
    return name, " ".join(map(str, said))


def _earlier(project: Project, sweep_id: str) -> Sweep | None:
    """Return the sweep of this project that a start is wanted from, None for none or one that is not there."""
    return project.sweeps.filter(sweep_id=sweep_id.replace("\x00", "")).first() if sweep_id else None


def _text(request: PageRequest, earlier: Sweep | None) -> str:
    if earlier is None:
        return BLANK
    return written(_start(request, earlier).config)


def _start(request: PageRequest, earlier: Sweep) -> Start:
    return start_from(earlier, read_narrowing(request.GET), _selection(request, earlier))


def _selection(request: PageRequest, earlier: Sweep) -> Selection:
    """Return what was selected in the charts of the earlier sweep; of another sweep's selection nothing is kept."""
    selected_in = request.GET.get("selected_in", earlier.sweep_id)
    return selection_of(request.GET) if selected_in == earlier.sweep_id else NOTHING_SELECTED


def _page(
    request: PageRequest, project: Project, earlier: Sweep | None, form: EditorForm, checked: CheckedText
) -> HttpResponseBase:
    entity, name = project.entity.name, project.name
    is_refused = form.is_bound
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "notes": checked.problems,
        "editor_url": address(entity, name, "sweeps", "new"),
        "options": editor_options(is_running=False),
        "sweeps": project_sweeps(project)[:MAX_SWEEPS],
        "earlier": earlier,
        "narrowing": read_narrowing(request.GET) if earlier else None,
        "selection": _selection(request, earlier) if earlier else NOTHING_SELECTED,
        "start_notes": _start(request, earlier).notes if earlier and not is_refused else (),
        "is_missing": bool(request.GET.get("from")) and earlier is None,
        "agents": DEFAULT_AGENTS,
        "save_label": "Make the sweep",
        "back_url": address(entity, name),
        "crumbs": [Crumb(entity, address(entity)), Crumb(name, address(entity, name)), Crumb("New sweep")],
    }
    return render(request, "editor/new.html", context, status=400 if is_refused else 200)
