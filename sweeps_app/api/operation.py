"""How operations describe themselves in the OpenAPI schema: one decorator, so that none forgets its errors."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.serializers import Serializer

from sweeps_app.api.serializers.base import EmptySerializer
from sweeps_app.api.serializers.errors import ErrorSerializer

Shape = type[Serializer[Any]]
Method = TypeVar("Method", bound=Callable[..., Any])

_ALWAYS = {401: "No API key or session, or one that is not valid.", 406: "`Accept` excludes JSON."}
_OF_INPUT = {400: "Something is wrong with the request: every problem is listed."}
_OF_BODY = {
    413: "The body is larger than the server takes.",
    415: "The body is neither JSON nor gzip-compressed JSON.",
}
_OF_WRITES = {403: "The session's CSRF token is missing or wrong.", 503: "The database is busy: send it again."}
_OF_THINGS = {404: "It does not exist, or belongs to an entity that you are not a member of."}
_OF_STATES = {409: "The state of the thing does not allow this."}
_NO_FIELDS = {"application/json": {"type": "object", "additionalProperties": False}}
_ANSWERS = {200: "Done.", 201: "Made.", 304: "Nothing has changed since."}


def operation(
    operation_id: str,
    summary: str,
    *,
    tag: str,
    answers: Mapping[int, Any],
    body: Shape | None = None,
    query: Shape | None = None,
    writes: bool = False,
    finds: bool = True,
    conflicts: bool | Shape = False,
    example: Mapping[str, Any] | None = None,
    answer_example: Any = None,
) -> Callable[[Method], Method]:
    """Describe a method of a view; its docstring is the description.

    `answers` maps status codes to shapes. `writes` tells that the method changes something, `finds` that its path
    names a thing which may be missing, `conflicts` that the thing's state may forbid it.
    """
    groups = [(_ALWAYS, True), (_OF_INPUT, body or query), (_OF_BODY, body), (_OF_WRITES, writes), (_OF_THINGS, finds)]
    errors = {code: text for group, applies in groups if applies for code, text in group.items()}
    responses: dict[int, Any] = {code: OpenApiResponse(ErrorSerializer, text) for code, text in errors.items()}
    if conflicts:
        shape = ErrorSerializer if conflicts is True else conflicts
        responses[409] = OpenApiResponse(shape, _OF_STATES[409])
    examples = [OpenApiExample("request", value=example, request_only=True)] if example is not None else []
    if answer_example is not None:
        codes = [str(code) for code in answers]
        examples.append(OpenApiExample("answer", value=answer_example, response_only=True, status_codes=codes))
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        tags=[tag],
        request=_NO_FIELDS if body is EmptySerializer else body,
        parameters=[query] if query else [],
        responses=_described(answers) | dict(sorted(responses.items())),
        examples=examples,
    )


def _described(answers: Mapping[int, Any]) -> dict[int, Any]:
    texts = _ANSWERS | ({200: "It was there already."} if 201 in answers else {})
    return {code: OpenApiResponse(shape, texts[code]) for code, shape in answers.items()}
