"""The OpenAPI schema, its snapshot, and the page that shows it."""

import json
import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from sweeps_app.api.urls import urlpatterns
from sweeps_app.api.views.missing import MissingView

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = ROOT / "docs" / "openapi.yaml"
SCHEMA = yaml.safe_load(SNAPSHOT.read_text())
OPERATIONS = {
    (path, method): operation for path, methods in SCHEMA["paths"].items() for method, operation in methods.items()
}


def test_the_snapshot_is_what_make_schema_writes(tmp_path):
    written = tmp_path / "openapi.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(written))
    assert written.read_text() == SNAPSHOT.read_text(), "run `make schema` and look at what has changed"


def test_every_address_stands_in_the_schema():
    addresses = {
        "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        for pattern in urlpatterns
        if pattern.callback.view_class is not MissingView
    }
    assert addresses - set(SCHEMA["paths"]) == {"/api/v1/schema", "/api/v1/docs"}
    assert set(SCHEMA["paths"]) <= addresses


def test_operations_have_ids_of_their_own_and_words_for_people():
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(ids) == len(set(ids))
    tags = {tag["name"] for tag in SCHEMA["tags"]}
    for operation in OPERATIONS.values():
        assert operation["summary"]
        assert operation["description"].endswith((".", "`"))
        assert set(operation["tags"]) <= tags


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_what_sends_a_body_shows_an_example_that_its_shape_allows(path, method):
    body = OPERATIONS[path, method].get("requestBody")
    if method in ("post", "put", "patch") and "application/json" not in body["content"]:
        assert list(body["content"].values()) == [{"schema": {"type": "string", "format": "binary"}}]
    elif method in ("post", "put", "patch"):
        content = body["content"]["application/json"]
        shape = content["schema"]
        if "$ref" in shape:
            shape = SCHEMA["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
        assert shape["additionalProperties"] is False
        (example,) = content["examples"].values()
        assert set(example["value"]) <= set(shape.get("properties", {}))
        assert set(shape.get("required", [])) <= set(example["value"])
    else:
        assert body is None


def test_every_error_has_one_shape():
    for operation in OPERATIONS.values():
        for code, answer in operation["responses"].items():
            assert answer["description"], operation["operationId"]
            if code >= "400":
                name = answer["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
                assert name in ("Error", "OffsetGap")


@pytest.mark.django_db
def test_the_schema_is_open_to_everybody_as_yaml_and_as_json():
    assert yaml.safe_load(Client().get("/api/v1/schema").content) == SCHEMA
    as_json = Client().get("/api/v1/schema", headers={"Accept": "application/json"})
    assert as_json["Content-Type"].startswith("application/json")
    assert json.loads(as_json.content) == SCHEMA


@pytest.mark.django_db
def test_the_page_needs_no_inline_script_or_style_and_no_other_server():
    page = Client().get("/api/v1/docs")
    html = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in html
    assert " style=" not in html
    assert re.findall(r"<script(?![^>]* src=)", html) == []
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(addresses) == 6
    assert all(address.startswith("/") and not address.startswith("//") for address in addresses)
    script = Client().get(next(address for address in addresses if "?script" in address).replace("&amp;", "&"))
    assert script["Content-Type"].startswith("application/javascript")
    assert b"SwaggerUIBundle(" in script.content
    assert b"/api/v1/schema" in script.content
