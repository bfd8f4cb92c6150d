"""Sends what the wandb client sends: the documents are those of its versions, as recorded or taken from them."""

import base64
import json
from pathlib import Path
from typing import Any

from django.test import Client

from sweeps_app.models import User
from sweeps_app.services.keys import key_create

DOCUMENTS = Path(__file__).parent / "documents"


class Wandb:
    """Sends requests with a key, or without one."""

    def __init__(self, key: str = "", agent: str = "wandb-core") -> None:
        self.client = Client(raise_request_exception=False)
        # As 0.16.6 does; the newer ones do not.
        self.keeps_cookies = False
        token = base64.b64encode(f"api:{key}".encode()).decode()
        self.headers = {"User-Agent": agent} | ({"Authorization": f"Basic {token}"} if key else {})

    @classmethod
    def of(cls, user: User) -> "Wandb":
        """Return a client with a new key of `user`."""
        return cls(key_create(user=user, name="test")[1])

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Return the answer to a POST of JSON, or of bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body)
        if not self.keeps_cookies:
            self.client.cookies.clear()
        return self.client.generic(
            "POST", path, content, content_type="application/json", headers=self.headers | headers
        )

    def ask(self, name: str, /, **variables: Any) -> Any:
        """Return the answer to a recorded document, by the name of its file; see `documents/`."""
        document = (DOCUMENTS / f"{name}.graphql").read_text()
        return self.post("/graphql", {"query": document, "variables": variables, "operationName": ""})

    def data(self, name: str, /, **variables: Any) -> Any:
        """Return the data of the answer to a recorded document, which has no errors."""
        answer = self.ask(name, **variables)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        assert "errors" not in body, body
        return body["data"]

    def query(self, text: str, /, **variables: Any) -> Any:
        """Return the answer to a document that is written in the test."""
        return self.post("/graphql", {"query": text, "variables": variables})

    def stream(self, run: str, body: Any, *, project: str = "demo", entity: str = "ada", **headers: str) -> Any:
        """Return the answer to a request of the file stream."""
        return self.post(f"/files/{entity}/{project}/{run}/file_stream", body, **headers)
