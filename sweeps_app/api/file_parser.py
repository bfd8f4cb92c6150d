"""Request bodies that are files: any bytes, of bounded size, never whole in memory."""

import hashlib
from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.conf import settings
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from sweeps_app.api.exceptions import FileTooLarge
from sweeps_app.services.files import Upload

_IN_MEMORY = 4 * 1024 * 1024
_PIECE = 1024 * 1024


class FileParser(BaseParser):
    """Reads bytes of any type, at most as many as the setting `limit` says."""

    media_type = "*/*"
    limit = "MAX_FILE_BYTES"

    def parse(  # type: ignore[override]  # the stubs know forms and mappings only
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Upload:
        """Return the file; raises `FileTooLarge` or `UnsupportedMediaType`."""
        request = (parser_context or {})["request"]
        coding = request.headers.get("Content-Encoding", "").strip()
        if coding.lower() not in ("", "identity"):
            raise UnsupportedMediaType(coding, "A file is sent as it is, without Content-Encoding.")
        return _spooled(stream, self.limit)


class ArchiveParser(FileParser):
    """Reads the archive of a project."""

    limit = "MAX_ARCHIVE_BYTES"


def no_bytes() -> Upload:
    """Return an empty file, for a request without a body."""
    return Upload(cast("IO[bytes]", SpooledTemporaryFile()), 0, hashlib.sha256().hexdigest())


def _spooled(stream: IO[bytes], setting: str) -> Upload:
    limit: int = getattr(settings, setting)
    content = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed with the last reference to it)
    digest = hashlib.sha256()
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > limit:
            raise FileTooLarge(limit, f"SWEEPDECK_{setting}")
        digest.update(piece)
        content.write(piece)
    content.seek(0)
    return Upload(cast("IO[bytes]", content), size, digest.hexdigest())
