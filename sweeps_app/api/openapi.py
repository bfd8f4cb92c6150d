"""What the OpenAPI schema could not find out by itself; a class here takes effect by being defined."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """API keys."""

    target_class = "sweeps_app.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the scheme's entry in the schema."""
        return {"type": "http", "scheme": "bearer", "description": "An API key, made under Settings, Keys."}


class InputShape(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Request bodies, which have no other fields than those that they name."""

    target_class = "sweeps_app.api.serializers.base.Input"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return the body's schema."""
        shape: dict[str, Any] = auto_schema._map_serializer(  # type: ignore[no-untyped-call]
            self.target, direction, bypass_extensions=True
        )
        return shape | {"additionalProperties": False}


_NAMES = {
    "entity": "Name of the person or team that owns the project.",
    "project": "Name of the project.",
    "run_id": "Id of the run, unique within its project.",
    "path": "Path of the file within the run, with slashes between its folders.",
    "sweep_id": "Id of the sweep: eight letters and digits.",
    "form": "Form of the file: its ending.",
    "agent_id": "Id of the agent.",
    "view": "Name of the saved view.",
    "job_id": "Id of the agent job.",
    "program": "The name of a program of the project.",
    "share_id": "Id of the share link.",
}


def require_bodies(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say in the finished schema that a body which may be JSON or bytes has to be there: bytes alone need not."""
    for methods in result["paths"].values():
        for operation in methods.values():
            if len(operation.get("requestBody", {}).get("content", {})) > 1:
                operation["requestBody"]["required"] = True
    return result


def describe_paths(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say in the finished schema what the variable parts of each path are."""
    for methods in result["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["description"] = _NAMES[parameter["name"]]
    return result
