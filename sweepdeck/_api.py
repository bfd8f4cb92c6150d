"""The HTTP client: one attempt, or attempts until a time limit."""

import copy
import gzip
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import urllib3

from sweepdeck import _console
from sweepdeck._backoff import Backoff
from sweepdeck._errors import ApiError, CommError, ConnectionProblem, unended
from sweepdeck._version import __version__

JSON_TYPE = "application/json"
ATTEMPT_HEADER = "Sweepdeck-Attempt"
STALE_ATTEMPT = "stale_attempt"
# Within one machine compressing takes longer than what it saves.
COMPRESS_BYTES = 4_096
_NEAR = frozenset({"127.0.0.1", "::1", "localhost"})
_TIMEOUT = urllib3.Timeout(connect=5.0, read=30.0)
# The server answers when it has stored the whole file, perhaps in a bucket that is far away.
_FILE_TIMEOUT = urllib3.Timeout(connect=5.0, read=300.0)
# A project of millions of rows is read, checked and stored before the answer comes.
_ARCHIVE_TIMEOUT = urllib3.Timeout(connect=5.0, read=3600.0)
_LONGEST_RETRY_AFTER = 300.0
LONGEST_PAUSE = 10.0
_PIECE_BYTES = 2**20
# Short failures, such as a server that restarts, are not worth a word.
SILENT_ATTEMPTS = 3


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, count: int = -1, /) -> bytes:
        """Return at most `count` bytes."""


class Client:
    """Talks to one server with one key; connections are kept and shared by all threads."""

    def __init__(self, base_url: str, key: str = "") -> None:
        self.base_url = base_url
        self.entity = ""
        self._is_near = urlsplit(base_url).hostname in _NEAR
        self._pool = urllib3.PoolManager(maxsize=64, retries=False)
        self._headers = {"User-Agent": f"sweepdeck/{__version__}", "Accept": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def for_attempt(self, attempt: int) -> "Client":
        """Return a client for what is said of one attempt at a run, which the server refuses once that is over."""
        client = copy.copy(self)
        client._headers = self._headers | {ATTEMPT_HEADER: str(attempt)}
        return client

    def send_archive(self, path: str, content: Readable, size: int) -> dict[str, Any]:
        """Make one attempt to post `size` bytes, of which the server makes a project; raises as `send` does."""
        headers = self._headers | {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        return self._answer("POST", path, content if size else b"", headers, _ARCHIVE_TIMEOUT)

    def send_file(self, path: str, content: Readable, size: int, more_headers: Mapping[str, str]) -> dict[str, Any]:
        """Make one attempt to put `size` bytes, which are read piece by piece; raises as `send` does."""
        headers = {**self._headers, **more_headers} | {"Content-Length": str(size)}
        return self._answer("PUT", path, content if size else b"", headers, _FILE_TIMEOUT)

    def send(
        self, method: str, path: str, body: Mapping[str, Any] | bytes | None = None, *, media_type: str = JSON_TYPE
    ) -> dict[str, Any]:
        """Make one attempt and return the answer's JSON object; bytes are of `media_type`.

        An answer that is a list comes as the `results` of an object, as pages do.

        Raises `ApiError` for an error status and `ConnectionProblem` where no usable answer arrived.
        """
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = dict(self._headers)
        if content is not None:
            headers["Content-Type"] = media_type
            if len(content) >= COMPRESS_BYTES and not self._is_near:
                content = gzip.compress(content, 1)
                headers["Content-Encoding"] = "gzip"
        return self._answer(method, path, content, headers, _TIMEOUT)

    def _answer(
        self, method: str, path: str, content: Any, headers: dict[str, str], timeout: urllib3.Timeout
    ) -> dict[str, Any]:
        url = f"{self.base_url}/api/v1{path}"
        try:
            answer = self._pool.request(method, url, body=content, headers=headers, redirect=False, timeout=timeout)
        except urllib3.exceptions.LocationValueError as error:
            raise CommError(f"'{self.base_url}' is not a server's address. Set SWEEPDECK_BASE_URL.") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ConnectionProblem(f"cannot reach the server at {self.base_url}: {_reason(error)}") from error
        return self._parsed(answer)

    def download(self, path: str, target: Path) -> int:
        """Write what a GET answers to `target`, which is there whole or not at all, and return its size in bytes.

        Raises `CommError` where it did not arrive whole, and `OSError` where it cannot be written.
        """
        part = target.with_name(f"{target.name}.part")
        headers = self._headers | {"Accept": "*/*"}
        try:
            answer = self._pool.request(
                "GET",
                f"{self.base_url}/api/v1{path}",
                headers=headers,
                redirect=False,
                timeout=_FILE_TIMEOUT,
                preload_content=False,
            )
            if answer.status >= 300:
                answer.read(cache_content=True)
                self._parsed(answer)
            with part.open("wb") as file:
                for piece in answer.stream(_PIECE_BYTES):
                    file.write(piece)
                size = file.tell()
            part.replace(target)
        except urllib3.exceptions.HTTPError as error:
            raise ConnectionProblem(f"{path} did not arrive whole from {self.base_url}: {_reason(error)}") from error
        finally:
            part.unlink(missing_ok=True)
        return size

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        seconds: float | None = 30.0,
    ) -> dict[str, Any]:
        """Send again after temporary errors, for `seconds` (None: without end).

        Raises `ApiError` and `ConnectionProblem` as `send` does, the last one seen.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        backoff = Backoff(LONGEST_PAUSE)
        while True:
            try:
                answer = self.send(method, path, body)
            except (ApiError, ConnectionProblem) as error:
                delay = backoff.next_delay(retry_after(error))
                late = deadline is not None and time.monotonic() + delay > deadline
                if not is_temporary(error) or late:
                    raise
                if backoff.attempts == SILENT_ATTEMPTS:
                    _console.warn(f"{unended(error)}. Trying again.")
                time.sleep(delay)
            else:
                if backoff.attempts >= SILENT_ATTEMPTS:
                    _console.say("the server answers again")
                return answer

    def _parsed(self, answer: urllib3.BaseHTTPResponse) -> dict[str, Any]:
        try:
            body = json.loads(answer.data) if answer.data else {}
        except ValueError:
            body = None
        if 300 <= answer.status < 400:
            raise CommError(f"{self.base_url} answers with a redirect. Check SWEEPDECK_BASE_URL.")
        if answer.status >= 400:
            raise _error(answer, body if isinstance(body, dict) else {})
        if isinstance(body, list):
            return {"results": body}
        if not isinstance(body, dict):
            raise CommError(f"{self.base_url} does not answer like a Sweepdeck server. Check SWEEPDECK_BASE_URL.")
        return body


def is_temporary(error: CommError) -> bool:
    """Tell whether the same request may succeed later."""
    return isinstance(error, ConnectionProblem) or (isinstance(error, ApiError) and error.is_temporary)


def retry_after(error: CommError) -> float | None:
    """Return the seconds that the server asked to wait for, if it did."""
    return error.retry_after if isinstance(error, ApiError) else None


def path(*parts: str) -> str:
    """Return a path of which each part is escaped."""
    return "".join("/" + quote(part, safe="") for part in parts)


def _error(answer: urllib3.BaseHTTPResponse, body: dict[str, Any]) -> ApiError:
    found = body.get("errors")
    entries = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    problems = [(e.get("attr") or "", str(e.get("detail", "")), str(e.get("code", ""))) for e in entries]
    error = ApiError(answer.status, problems, body)
    try:
        error.retry_after = min(float(answer.headers.get("Retry-After", "")), _LONGEST_RETRY_AFTER)
    except ValueError:
        error.retry_after = None
    return error


def _reason(error: Exception) -> str:
    inner = getattr(error, "reason", None) or error
    text = str(inner)
    return text.rpartition(": ")[2] or type(inner).__name__
