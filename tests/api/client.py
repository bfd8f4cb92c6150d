"""A client of the REST API inside the test's own process."""

import json
from typing import Any

from django.test import Client

from sweeps_app.models import User
from sweeps_app.services.keys import key_create

PREFIX = "/api/v1"


class Api:
    """Sends requests with an API key, or without one."""

    def __init__(self, key: str = "") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    @classmethod
    def of(cls, user: User) -> "Api":
        """Return a client with a new key of `user`."""
        return cls(key_create(user=user, name="test")[1])

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        """Return the answer to a GET."""
        return self.client.get(PREFIX + path, query, headers=self.headers | (headers or {}))

    def post(self, path: str, body: Any = None, **extra: Any) -> Any:
        """Return the answer to a POST of `body` as JSON, or of raw bytes as they are."""
        return self.send("POST", path, body, **extra)

    def patch(self, path: str, body: Any = None, **extra: Any) -> Any:
        """Return the answer to a PATCH of `body` as JSON, or of raw bytes as they are."""
        return self.send("PATCH", path, body, **extra)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Return the answer to a request."""
        content = body if isinstance(body, bytes) else json.dumps({} if body is None else body)
        sent = self.headers | (headers or {})
        return self.client.generic(method, PREFIX + path, content, content_type=content_type, headers=sent)


def problems(answer: Any) -> list[tuple[str | None, str]]:
    """Return attribute and code of each problem of an error, after checking that it has the shape of every error."""
    body = answer.json()
    assert set(body) - {"expected"} == {"type", "errors"}, body
    assert body["type"] in ("validation_error", "client_error", "server_error")
    assert body["errors"], body
    assert all(set(error) == {"code", "detail", "attr"} and error["detail"] for error in body["errors"]), body
    return [(error["attr"], error["code"]) for error in body["errors"]]
