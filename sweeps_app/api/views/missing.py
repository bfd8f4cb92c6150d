"""Addresses that do not exist."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from sweeps_app.api.views.base import ApiView
from sweeps_app.errors import NotFound


@extend_schema(exclude=True)
class MissingView(ApiView):
    """Whatever no other view answers, in the shape of every error."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse any method, once it is known who asks."""
        super().initial(request, *args, **kwargs)
        raise NotFound(f"there is no address {request.path} (none ends with a slash): see /api/v1/docs")
