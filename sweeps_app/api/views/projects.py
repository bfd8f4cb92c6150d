"""Projects: list, make, read, change."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.projects import (
    ProjectCreateSerializer,
    ProjectListQuery,
    ProjectPageSerializer,
    ProjectSerializer,
    ProjectUpdateSerializer,
)
from sweeps_app.api.views.answers import page_answer
from sweeps_app.api.views.base import ApiView, body_of, made, query_of
from sweeps_app.selectors.access import project_get, visible_projects
from sweeps_app.selectors.pages import list_page
from sweeps_app.services.projects import project_create, project_update


class ProjectsView(ApiView):
    """The projects of all your entities."""

    @operation(
        "project_list",
        "List projects",
        tag="projects",
        query=ProjectListQuery,
        answers={200: ProjectPageSerializer},
        finds=False,
    )
    def get(self, request: Request) -> Response:
        """Return the projects of all your entities, by entity and name."""
        query = query_of(request, ProjectListQuery)
        projects = visible_projects(self.caller).filter(archived_at__isnull=not query["archived"])
        page = list_page(projects, page=query["page"], page_size=query["page_size"])
        return Response(page_answer(page, ProjectSerializer(page.rows, many=True)))

    @operation(
        "project_create",
        "Make a project",
        tag="projects",
        body=ProjectCreateSerializer,
        answers={201: ProjectSerializer, 200: ProjectSerializer},
        writes=True,
        example={"name": "digits", "description": "Handwritten digits"},
    )
    def post(self, request: Request) -> Response:
        """Make a project (201), or return the one of that name as it is (200): safe to repeat."""
        values = body_of(request, ProjectCreateSerializer)
        project, created = project_create(
            user=self.caller,
            name=values["name"],
            entity_name=values.get("entity"),
            description=values.get("description", ""),
        )
        return made(ProjectSerializer(project).data, created=created)


class ProjectView(ApiView):
    """One project."""

    @operation("project_get", "Read a project", tag="projects", answers={200: ProjectSerializer})
    def get(self, request: Request, entity: str, project: str) -> Response:
        """Return the project."""
        return Response(ProjectSerializer(project_get(self.caller, entity, project)).data)

    @operation(
        "project_update",
        "Change a project",
        tag="projects",
        body=ProjectUpdateSerializer,
        answers={200: ProjectSerializer},
        writes=True,
        example={"archived": True},
    )
    def patch(self, request: Request, entity: str, project: str) -> Response:
        """Change the description, or archive the project: an archived one keeps everything and leaves the lists."""
        found = project_get(self.caller, entity, project)
        values = body_of(request, ProjectUpdateSerializer)
        return Response(ProjectSerializer(project_update(project=found, **values)).data)
