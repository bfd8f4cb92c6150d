"""Files of a run: put, send, delete, list."""

from collections.abc import Iterable
from typing import Any, cast

from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.attempt import shown_run_of_client
from sweeps_app.api.file_parser import FileParser, no_bytes
from sweeps_app.api.file_response import etag, file_answer
from sweeps_app.api.negotiation import JsonNegotiation
from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.files import FilePageSerializer, FileSerializer, FilesQuery
from sweeps_app.api.views.answers import page_answer
from sweeps_app.api.views.base import ApiView, made, query_of, shown
from sweeps_app.errors import InvalidInput
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.files import file_get, run_files
from sweeps_app.selectors.pages import list_page
from sweeps_app.services.files import Upload, file_delete, file_put


class RunFilesView(ApiView):
    """The files of a run."""

    @operation("files_list", "List files", tag="files", query=FilesQuery, answers={200: FilePageSerializer})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return a page of the run's files, by path."""
        run = run_get(self.caller, entity, project, run_id)
        query = query_of(request, FilesQuery)
        files = run_files(run, query.pop("prefix"))
        # Each file's address needs the names of the run that it belongs to.
        page = list_page(files.select_related("run__project__entity"), **query)
        return Response(page_answer(page, FileSerializer(page.rows, many=True)))


class _AnyFormat(JsonNegotiation):
    """A browser that wants an image says so: a file is sent as what it is, and everything else is JSON."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class RunFileView(ApiView):
    """One file of a run."""

    content_negotiation_class = _AnyFormat
    parser_classes = [FileParser]

    @operation(
        "file_put",
        "Put a file",
        tag="files",
        other_bodies={"application/octet-stream": OpenApiTypes.BINARY},
        answers={201: FileSerializer, 200: FileSerializer},
        writes=True,
        of_client=True,
    )
    def put(self, request: Request, entity: str, project: str, run_id: str, path: str) -> Response:
        """Store the bytes of the body under a path, which is new (201) or has a file that they replace (200).

        The same bytes again change nothing. `Content-Type` is kept, and guessed from the path where it is missing. With
        `X-Content-SHA256`, in hexadecimal digits, bytes that were damaged on their way are refused. Paths have 1 to 500
        characters and no part that is empty, `.` or `..`; folders need not be made.
        """
        run = shown_run_of_client(request, self.caller, entity, project, run_id)
        upload = _upload(request)
        file, created = file_put(run=run, path=path, upload=upload, content_type=request.content_type)
        file.run = run
        return made(shown(FileSerializer, file), created=created)

    @operation(
        "file_get",
        "Download a file",
        tag="files",
        answers={200: OpenApiTypes.BINARY, 304: None},
    )
    def get(self, request: Request, entity: str, project: str, run_id: str, path: str) -> HttpResponseBase:
        """Send the bytes of a file. Images, texts and PDF are shown by a browser, which keeps whatever else.

        `ETag` stands for the content: sent back in `If-None-Match`, it gets a 304 while that is the same.
        """
        file = file_get(run_get(self.caller, entity, project, run_id), path)
        unchanged = get_conditional_response(cast("Any", request), etag=etag(file))
        return unchanged or file_answer(file)

    @operation("file_delete", "Delete a file", tag="files", answers={204: None}, writes=True)
    def delete(self, request: Request, entity: str, project: str, run_id: str, path: str) -> Response:
        """Delete a file; one that is not there is deleted already."""
        file_delete(run=run_get(self.caller, entity, project, run_id), path=path)
        return Response(status=204)


def _upload(request: Request) -> Upload:
    """Return the body; raises `InvalidInput` where it is not what the client says that it is."""
    upload = request.data if isinstance(request.data, Upload) else no_bytes()
    said = request.headers.get("X-Content-SHA256", "").strip().lower()
    if said and said != upload.digest:
        raise InvalidInput.of(
            "X-Content-SHA256", f"is not that of the body, which is {upload.digest}: send the file again"
        )
    return upload
