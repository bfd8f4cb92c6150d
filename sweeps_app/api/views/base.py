"""What all views of the API share."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from django.http import HttpRequest
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import (
    BaseSerializer,
    BooleanField,
    CharField,
    ChoiceField,
    DateTimeField,
    Field,
    FloatField,
    IntegerField,
    ListField,
    Serializer,
    SkipField,
)
from rest_framework.views import APIView

from sweeps_app.api.fields import JsonObject
from sweeps_app.api.negotiation import JsonNegotiation
from sweeps_app.models import User

# Fields of which the answers' shapes read columns and properties, never methods.
_PLAIN = (BooleanField, CharField, ChoiceField, DateTimeField, FloatField, IntegerField, ListField, JsonObject)


class ApiView(APIView):
    """A view whose methods take the caller from `self.caller`."""

    content_negotiation_class = JsonNegotiation

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Refuse a method, and name those that there are."""
        message = f"{request.method} is not known here: use one of {', '.join(self.allowed_methods)}."
        raise MethodNotAllowed(str(request.method), message)

    @property
    def caller(self) -> User:
        """The person who asks; the permissions have let in nobody else."""
        user = self.request.user
        if not isinstance(user, User):
            raise TypeError("a view of the API was entered without authentication")
        return user


def body_of(request: Request, shape: type[BaseSerializer[Any]]) -> dict[str, Any]:
    """Return the request's body as `shape` reads it, without fields that are null; raises `ValidationError`."""
    return given_of(values_of(request.data, shape))


def given_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are not null."""
    return {name: value for name, value in values.items() if value is not None}


def query_of(request: Request, shape: type[BaseSerializer[Any]]) -> dict[str, Any]:
    """Return the query parameters as `shape` reads them; raises `ValidationError`."""
    return values_of(request.query_params, shape)


def made(answer: Any, *, created: bool) -> Response:
    """Return the answer to a request that makes a thing: 201, or 200 where it was there already."""
    return Response(answer, status=201 if created else 200)


def values_of(data: Any, shape: type[BaseSerializer[Any]]) -> dict[str, Any]:
    """Return what `shape` reads of `data`; raises `ValidationError`."""
    # One serializer reads all, as one shows all (below): what it reads leaves nothing behind in it.
    values: dict[str, Any] = _shared(cast("Any", shape)).run_validation(data)
    return values


def shown(kind: type[Serializer[Any]], value: object) -> dict[str, Any]:
    """Return `value` as a serializer of this kind, which takes no context, represents it.

    One serializer serves all: REST framework copies every field of a new one, which takes longer than using it. What a
    field names by one word is read as an attribute, without the framework's search for what the word may mean.
    """
    found: dict[str, Any] = {}
    for name, attribute, field in _fields(kind):
        try:
            read = field.get_attribute(value) if attribute is None else getattr(value, attribute)
        except SkipField:
            continue
        found[name] = None if read is None else field.to_representation(read)
    return found


@cache
def _fields(kind: type[Serializer[Any]]) -> list[tuple[str, str | None, Any]]:
    """Return the fields that an answer has: name, attribute where it is that alone, and field."""
    fields: list[Any] = list(_shared(kind)._readable_fields)
    return [(field.field_name, field.source if _is_attribute(field) else None, field) for field in fields]


def _is_attribute(field: Any) -> bool:
    is_plain = type(field).get_attribute is Field.get_attribute
    return is_plain and len(field.source_attrs) == 1 and isinstance(field, _PLAIN)


@cache
def _shared(kind: Any) -> Any:
    return kind()
