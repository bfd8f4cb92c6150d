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
    "sweep_id": "Id of the sweep: eight letters and digits.",
    "agent_id": "Id of the agent.",
    "job_id": "Id of the agent job.",
}


def describe_paths(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say in the finished schema what the variable parts of each path are."""
    for methods in result["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["description"] = _NAMES[parameter["name"]]
    return result
