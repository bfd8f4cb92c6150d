"""Programs of a project: what its agent jobs may execute."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.base import PageQuery
from sweeps_app.api.serializers.programs import (
    ProgramPageSerializer,
    ProgramRegisterSerializer,
    ProgramSerializer,
    ProgramUpdateSerializer,
)
from sweeps_app.api.views.answers import page_answer
from sweeps_app.api.views.base import ApiView, body_of, made, query_of
from sweeps_app.selectors.access import program_get, project_get
from sweeps_app.selectors.pages import list_page
from sweeps_app.selectors.programs import project_programs
from sweeps_app.services.programs import ProgramDetails, program_register, program_remove, program_update


class ProgramsView(ApiView):
    """The programs of a project."""

    @operation("program_list", "List programs", tag="jobs", query=PageQuery, answers={200: ProgramPageSerializer})
    def get(self, request: Request, entity: str, project: str) -> Response:
        """Return the programs that are registered for the project, by name."""
        programs = project_programs(project_get(self.caller, entity, project))
        page = list_page(programs, **query_of(request, PageQuery))
        return Response(page_answer(page, ProgramSerializer(page.rows, many=True)))

    @operation(
        "program_register",
        "Register a program",
        tag="jobs",
        body=ProgramRegisterSerializer,
        answers={201: ProgramSerializer, 200: ProgramSerializer},
        writes=True,
        conflicts=True,
        example={
            "name": "train",
            "kind": "git",
            "source": "https://git.example.org/vision/train.git",
            "revision": "main",
            "secrets": ["HF_TOKEN"],
        },
    )
    def post(self, request: Request, entity: str, project: str) -> Response:
        """Let agent jobs of the project execute a program (201); the same registration again changes nothing (200).

        For admins of the project's entity. Folders must lie under a root, and repositories have an address, that the
        server's settings allow; a branch or tag is resolved to its commit now and stays there.
        """
        found = project_get(self.caller, entity, project)
        values = body_of(request, ProgramRegisterSerializer)
        name = values.pop("name")
        program, created = program_register(
            user=self.caller, project=found, name=name, details=ProgramDetails(**values)
        )
        return made(_shown(program), created=created)


class ProgramView(ApiView):
    """One program."""

    @operation("program_get", "Read a program", tag="jobs", answers={200: ProgramSerializer})
    def get(self, request: Request, entity: str, project: str, program: str) -> Response:
        """Return the program."""
        return Response(_shown(program_get(project_get(self.caller, entity, project), program)))

    @operation(
        "program_update",
        "Change a program",
        tag="jobs",
        body=ProgramUpdateSerializer,
        answers={200: ProgramSerializer},
        writes=True,
        conflicts=True,
        example={"revision": "v2.1"},
    )
    def patch(self, request: Request, entity: str, project: str, program: str) -> Response:
        """Change what is given; with `revision` a repository's commit is resolved anew. For admins.

        Jobs that run go on with what they have; those that wait run what is registered when they start, and fail where
        the program was disabled.
        """
        found = program_get(project_get(self.caller, entity, project), program)
        values = body_of(request, ProgramUpdateSerializer)
        enabled = values.pop("enabled", None)
        return Response(_shown(program_update(user=self.caller, program=found, is_enabled=enabled, **values)))

    @operation("program_remove", "Remove a program", tag="jobs", answers={204: None}, writes=True)
    def delete(self, request: Request, entity: str, project: str, program: str) -> Response:
        """Remove the program: jobs that wait for it fail, those that run go on. For admins."""
        found = program_get(project_get(self.caller, entity, project), program)
        program_remove(user=self.caller, program=found)
        return Response(status=204)


def _shown(program: Any) -> dict[str, Any]:
    return dict(ProgramSerializer(program).data)
