"""Request bodies of bounded size, plain or compressed by gzip or zstd: JSON objects, and rows as columns."""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Mapping
from typing import IO, Any

import zstandard
from django.conf import settings
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from sweeps_app.api.exceptions import BodyTooLarge
from sweeps_app.columns.wire import MEDIA_TYPE, WireError, read_batch
from sweeps_app.errors import InvalidInput


class BoundedJSONParser(BaseParser):
    """Reads one JSON object of at most `settings.MAX_BODY_BYTES`, counted before and after decompression.

    Text is UTF-8 (a byte order mark is skipped). The tokens NaN, Infinity and -Infinity are numbers, since many
    languages write them.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the object; raises `BodyTooLarge`, `ParseError` or `UnsupportedMediaType`."""
        return _object(_body(stream, parser_context))


class ColumnsParser(BaseParser):
    """Reads one batch of columns (`sweeps_app/columns/wire.py`), bounded like JSON."""

    media_type = MEDIA_TYPE

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the `WireBatch`; raises what `BoundedJSONParser` raises, and `InvalidInput` naming the wrong part."""
        try:
            return read_batch(_body(stream, parser_context))
        except WireError as error:
            raise InvalidInput.of(error.place, error.message) from None


def _body(stream: IO[bytes], parser_context: Mapping[str, Any] | None) -> bytes:
    request = (parser_context or {})["request"]
    raw = _bounded(stream, declared=request.META.get("CONTENT_LENGTH"))
    return _decoded(raw, request.headers.get("Content-Encoding", ""))


def _bounded(stream: IO[bytes], declared: str | None) -> bytes:
    limit = settings.MAX_BODY_BYTES
    if declared and int(declared) > limit:
        raise BodyTooLarge(limit)
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise BodyTooLarge(limit)
    return raw


def _decoded(raw: bytes, encoding: str) -> bytes:
    coding = encoding.strip().lower()
    if coding in ("", "identity"):
        return raw
    if coding not in _READERS:
        shown = encoding[:50].encode("ascii", "replace").decode()
        raise UnsupportedMediaType(coding, f"Content-Encoding '{shown}' is not known: send gzip, zstd, or neither.")
    limit = settings.MAX_BODY_BYTES
    try:
        plain: bytes = _READERS[coding](io.BytesIO(raw)).read(limit + 1)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise ParseError(f"The body is not what Content-Encoding says: {coding} cannot read it to its end.") from error
    if len(plain) > limit:
        raise BodyTooLarge(limit)
    return plain


def _gzip(raw: io.BytesIO) -> io.BufferedIOBase:
    return gzip.GzipFile(fileobj=raw)


def _zstd(raw: io.BytesIO) -> Any:
    return zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).stream_reader(raw)


_MAX_WINDOW = 8 * 2**20
_READERS: dict[str, Callable[[io.BytesIO], Any]] = {"gzip": _gzip, "x-gzip": _gzip, "zstd": _zstd}


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8: byte {error.start} cannot be read.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ParseError(f"The body is not JSON: {error.msg} at {place}.") from error
    except ValueError as error:
        raise ParseError("The body holds an integer of thousands of digits: send it as text.") from error
    except RecursionError as error:
        raise ParseError("The body is nested too deeply.") from error
    if not isinstance(value, dict):
        raise ParseError("The body must be a JSON object, such as {}.")
    return value
