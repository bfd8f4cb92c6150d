"""The OpenAPI schema, and the page on which one reads and tries it."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response


class SchemaView(SpectacularAPIView):
    """The schema as YAML, or as JSON where `Accept` asks for it."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the schema."""
        return Response(_schema())


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from this server's own files, without inline script or style."""

    url_name = "api-schema"
    template_name = "api/docs.html"


@cache
def _schema() -> dict[str, Any]:
    """Return the schema; it is the same for everybody until the server starts anew."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema
