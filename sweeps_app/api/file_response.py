"""Files of runs on their way to a browser, which must not take them for a part of this site."""

from pathlib import PurePosixPath

from django.http import FileResponse

from sweeps_app.models import RunFile
from sweeps_app.services.objects import object_open

# What a browser shows by itself and cannot run; HTML, SVG and XML could.
_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "application/pdf")
_TEXTS = ("text/", "application/json", "application/yaml", "application/x-yaml", "application/toml")
_ACTIVE_TEXTS = ("text/html", "text/xml", "text/xsl")
_PLAIN = "text/plain; charset=utf-8"
_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


class FileAnswer(FileResponse):
    """A file, sent in pieces that are large enough for the turns between threads that each of them costs."""

    block_size = 256 * 1024


def file_answer(file: RunFile) -> FileAnswer:
    """Return a file to be shown, where its type is harmless, or else to be kept."""
    shown = _shown_as(file.content_type)
    response = FileAnswer(
        object_open(file.content),
        as_attachment=not shown,
        filename=PurePosixPath(file.path).name,
        content_type=shown or file.content_type,
    )
    response["Content-Length"] = file.size
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["ETag"] = etag(file)
    response["Cache-Control"] = "private, no-cache"
    # Says that these are the bytes themselves: the middleware would compress images and archives once more.
    response["Content-Encoding"] = "identity"
    return response


def etag(file: RunFile) -> str:
    """Return what tells one content of a path from another."""
    return f'"{file.digest}"'


def _shown_as(content_type: str) -> str:
    """Return the type under which a browser shows a file, "" where it must not."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _SHOWN:
        return kind
    return _PLAIN if kind.startswith(_TEXTS) and kind not in _ACTIVE_TEXTS else ""
