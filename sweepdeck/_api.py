"""The HTTP client: one attempt, or attempts until a time limit."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import urllib3

from sweepdeck import _console
from sweepdeck._backoff import Backoff
from sweepdeck._errors import ApiError, CommError, ConnectionProblem
from sweepdeck._version import __version__

_TIMEOUT = urllib3.Timeout(connect=5.0, read=30.0)
_LONGEST_RETRY_AFTER = 300.0
LONGEST_PAUSE = 10.0
# Short failures, such as a server that restarts, are not worth a word.
SILENT_ATTEMPTS = 3


class Client:
    """Talks to one server with one key; connections are kept and shared by all threads."""

    def __init__(self, base_url: str, key: str = "") -> None:
        self.base_url = base_url
        self.entity = ""
        self._pool = urllib3.PoolManager(maxsize=16, retries=False, timeout=_TIMEOUT)
        self._headers = {"User-Agent": f"sweepdeck/{__version__}", "Accept": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def send(self, method: str, path: str, body: Mapping[str, Any] | bytes | None = None) -> dict[str, Any]:
        """Make one attempt and return the answer's JSON object.

        Raises `ApiError` for an error status and `ConnectionProblem` where no usable answer arrived.
        """
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = self._headers if content is None else self._headers | {"Content-Type": "application/json"}
        url = f"{self.base_url}/api/v1{path}"
        try:
            answer = self._pool.request(method, url, body=content, headers=headers, redirect=False)
        except urllib3.exceptions.LocationValueError as error:
            raise CommError(f"'{self.base_url}' is not a server's address. Set SWEEPDECK_BASE_URL.") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ConnectionProblem(f"cannot reach the server at {self.base_url}: {_reason(error)}") from error
        return self._parsed(answer)

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
                    _console.warn(f"{error}. Trying again.")
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
