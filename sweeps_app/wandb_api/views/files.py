"""Where files of runs are put and read: the address alone says by whom and which."""

import hashlib
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from django.conf import settings
from django.db import OperationalError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sweeps_app.errors import SweepdeckError
from sweeps_app.models import Run, User
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.files import file_get
from sweeps_app.services.files import Upload, file_put
from sweeps_app.services.objects import object_open
from sweeps_app.wandb_api.answers import refusal, refused
from sweeps_app.wandb_api.authentication import caller_of
from sweeps_app.wandb_api.tickets import GET, PUT, Ticket, read_ticket

_IN_MEMORY = 4 * 1024 * 1024
_PIECE = 1024 * 1024
_REFUSED = "This address is not, or no longer, good for this file: ask for a new one."


@csrf_exempt
@require_http_methods(["GET", "HEAD", "PUT"])
def run_file(request: HttpRequest, entity: str, project: str, run_id: str, path: str) -> HttpResponseBase:
    """Store or send the bytes of a file."""
    do = PUT if request.method == "PUT" else GET
    ticket = read_ticket(request.GET.get("ticket", ""))
    user = _caller(request, ticket, do, path)
    if user is None:
        return refusal(_REFUSED, 403)
    try:
        run = run_get(user, entity, project, run_id)
        if ticket is not None and ticket.run != run.pk:
            return refusal(_REFUSED, 403)
        return _put(request, run, path) if do == PUT else _sent(run, path)
    except (SweepdeckError, OperationalError) as error:
        return refused(error)


def _caller(request: HttpRequest, ticket: Ticket | None, do: str, path: str) -> User | None:
    """Return for whom the address was made, or whose key comes with it."""
    if ticket is None:
        return caller_of(request)
    if (ticket.do, ticket.path) != (do, path):
        return None
    return User.objects.filter(pk=ticket.user, is_active=True).first()


def _put(request: HttpRequest, run: Run, path: str) -> HttpResponse:
    limit = settings.MAX_FILE_BYTES
    content = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed with the last reference to it)
    digest, size = hashlib.sha256(), 0
    while piece := request.read(_PIECE):
        size += len(piece)
        if size > limit:
            return refusal(f"The file has more than {limit:,} bytes: SWEEPDECK_MAX_FILE_BYTES limits it.", 413)
        digest.update(piece)
        content.write(piece)
    content.seek(0)
    file_put(run=run, path=path, upload=Upload(cast("IO[bytes]", content), size, digest.hexdigest()))
    return HttpResponse()


def _sent(run: Run, path: str) -> FileResponse:
    file = file_get(run, path)
    response = FileResponse(object_open(file.content), as_attachment=True, content_type="application/octet-stream")
    response["Content-Length"] = file.size
    response["Content-Encoding"] = "identity"
    response["X-Content-Type-Options"] = "nosniff"
    return response
