"""Projects: list, make, read, change."""

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.file_parser import ArchiveParser, no_bytes
from sweeps_app.api.negotiation import FileNegotiation
from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.projects import (
    ImportedSerializer,
    ImportQuery,
    ProjectCreateSerializer,
    ProjectListQuery,
    ProjectPageSerializer,
    ProjectSerializer,
    ProjectUpdateSerializer,
)
from sweeps_app.api.views.answers import page_answer
from sweeps_app.api.views.base import ApiView, body_of, made, query_of
from sweeps_app.selectors.access import default_entity, project_get, visible_projects
from sweeps_app.selectors.pages import list_page
from sweeps_app.services.archive.reading import archive_import
from sweeps_app.services.archive.writing import archive_chunks
from sweeps_app.services.deletion import project_delete
from sweeps_app.services.files import Upload
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
        """Change the description or the age limit, or archive the project: it keeps everything and leaves the lists.

        With `retention_days`, runs are deleted so many days after they have ended, unless they have the tag `keep`; a
        sweep that has ended goes when its last run has gone. 0 keeps everything for ever.
        """
        found = project_get(self.caller, entity, project)
        values = body_of(request, ProjectUpdateSerializer)
        return Response(ProjectSerializer(project_update(project=found, **values)).data)

    @operation("project_delete", "Delete a project", tag="projects", answers={204: None}, writes=True)
    def delete(self, request: Request, entity: str, project: str) -> Response:
        """Delete the project with all of its sweeps and runs; whoever still reports gets a 404. So does a repeat.

        It is gone for everybody at once, and its name is free; the server removes the rows in the background.
        """
        project_delete(project=project_get(self.caller, entity, project))
        return Response(status=204)


class ProjectImportView(ApiView):
    """A project that comes as a file."""

    parser_classes = (ArchiveParser,)

    @operation(
        "project_import",
        "Upload a project",
        tag="projects",
        other_bodies={"application/octet-stream": OpenApiTypes.BINARY},
        query=ImportQuery,
        answers={201: ImportedSerializer},
        writes=True,
        conflicts=True,
    )
    def post(self, request: Request) -> Response:
        """Make a project of the file that `GET /projects/{entity}/{project}/archive` gave, of this server or another.

        It is there whole or not at all, and nobody sees it before it is complete; a large one takes minutes. A project
        of that name is a 409, and so is repeating the request. Sweeps whose ids are in use here get new ones.
        """
        query = query_of(request, ImportQuery)
        upload = request.data if isinstance(request.data, Upload) else no_bytes()
        imported = archive_import(
            user=self.caller,
            file=upload.content,
            entity_name=query["entity"] or default_entity(self.caller).name,
            project_name=query["project"] or None,
        )
        answer = {"project": imported.project, "runs": imported.runs, "new_sweep_ids": imported.new_sweep_ids}
        return made(ImportedSerializer(answer).data, created=True)


class ProjectArchiveView(ApiView):
    """A whole project as a file."""

    content_negotiation_class = FileNegotiation

    @operation("project_archive", "Download a project", tag="projects", answers={200: OpenApiTypes.BINARY})
    def get(self, request: Request, entity: str, project: str) -> HttpResponseBase:
        """Return the project with everything in it as one file, as it is now; it is made while it is sent.

        `manage.py import` reads it, on this server or another; docs/archive.md describes the format. A file that was
        cut off on its way is refused there.
        """
        found = project_get(self.caller, entity, project)
        disposition = content_disposition_header(as_attachment=True, filename=f"{found.name}.sweepdeck")
        headers = {"Content-Disposition": str(disposition)}
        return StreamingHttpResponse(archive_chunks(found), content_type="application/zip", headers=headers)
