"""Saved views of the tables of runs."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.views import ViewPutSerializer, ViewSerializer
from sweeps_app.api.views.base import ApiView, body_of, made, shown
from sweeps_app.models import Project, Sweep, User
from sweeps_app.selectors.access import project_get, sweep_get
from sweeps_app.selectors.views import saved_views
from sweeps_app.services.views import view_delete, view_save

_EXAMPLE = {"settings": {"query": "lr < 1e-3", "sort": "objective", "columns": "name,summary.loss"}, "is_default": True}


class ProjectViewsView(ApiView):
    """The views of the table of a project's runs."""

    @operation("project_views", "List saved views", tag="projects", answers={200: ViewSerializer(many=True)})
    def get(self, request: Request, entity: str, project: str) -> Response:
        """Return the saved views of the project's table of runs, by name."""
        return _listed(project_get(self.caller, entity, project), None)


class ProjectSavedViewView(ApiView):
    """A view of the table of a project's runs."""

    @operation(
        "project_view_save",
        "Save a view",
        tag="projects",
        body=ViewPutSerializer,
        answers={201: ViewSerializer, 200: ViewSerializer},
        writes=True,
        example=_EXAMPLE,
    )
    def put(self, request: Request, entity: str, project: str, view: str) -> Response:
        """Save a view under this name (201), or instead of the one that has it (200): safe to repeat."""
        return _saved(request, self.caller, project_get(self.caller, entity, project), None, view)

    @operation("project_view_delete", "Delete a view", tag="projects", answers={204: None}, writes=True)
    def delete(self, request: Request, entity: str, project: str, view: str) -> Response:
        """Delete the view; one that is gone already is passed over."""
        view_delete(project=project_get(self.caller, entity, project), sweep=None, name=view)
        return Response(status=204)


class SweepViewsView(ApiView):
    """The views of the table of a sweep's runs."""

    @operation("sweep_views", "List saved views", tag="sweeps", answers={200: ViewSerializer(many=True)})
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return the saved views of the sweep's table of runs, by name."""
        sweep = sweep_get(self.caller, sweep_id)
        return _listed(sweep.project, sweep)


class SweepSavedViewView(ApiView):
    """A view of the table of a sweep's runs."""

    @operation(
        "sweep_view_save",
        "Save a view",
        tag="sweeps",
        body=ViewPutSerializer,
        answers={201: ViewSerializer, 200: ViewSerializer},
        writes=True,
        example=_EXAMPLE,
    )
    def put(self, request: Request, sweep_id: str, view: str) -> Response:
        """Save a view under this name (201), or instead of the one that has it (200): safe to repeat."""
        sweep = sweep_get(self.caller, sweep_id)
        return _saved(request, self.caller, sweep.project, sweep, view)

    @operation("sweep_view_delete", "Delete a view", tag="sweeps", answers={204: None}, writes=True)
    def delete(self, request: Request, sweep_id: str, view: str) -> Response:
        """Delete the view; one that is gone already is passed over."""
        sweep = sweep_get(self.caller, sweep_id)
        view_delete(project=sweep.project, sweep=sweep, name=view)
        return Response(status=204)


def _listed(project: Project, sweep: Sweep | None) -> Response:
    return Response(ViewSerializer(saved_views(project, sweep), many=True).data)


def _saved(request: Request, user: User, project: Project, sweep: Sweep | None, name: str) -> Response:
    values = body_of(request, ViewPutSerializer)
    view, created = view_save(user=user, project=project, sweep=sweep, name=name, **values)
    return made(shown(ViewSerializer, view), created=created)
