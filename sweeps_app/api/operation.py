"""How operations describe themselves in the OpenAPI schema: one decorator, so that none forgets its errors."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.serializers import Serializer

from sweeps_app.api.attempt import HEADER, MAX_ATTEMPT
from sweeps_app.api.serializers.base import EmptySerializer
from sweeps_app.api.serializers.errors import ErrorSerializer

Shape = type[Serializer[Any]]
Method = TypeVar("Method", bound=Callable[..., Any])

_ALWAYS = {401: "No API key or session, or one that is not valid.", 406: "`Accept` excludes JSON."}
_OF_INPUT = {400: "Something is wrong with the request: every problem is listed."}
_OF_BODY = {
    413: "The body is larger than the server takes.",
    415: "The body is of a type, or compressed in a way, that is not taken here.",
}
_OF_WRITES = {403: "The session's CSRF token is missing or wrong.", 503: "The database is busy: send it again."}
_OF_THINGS = {404: "It does not exist, or belongs to an entity that you are not a member of."}
_OF_BYTES = {503: "The storage of files does not answer: ask again."}
_OF_STATES = {409: "The state of the thing does not allow this."}
_NO_FIELDS = {"application/json": {"type": "object", "additionalProperties": False}}
_ATTEMPT = OpenApiParameter(
    HEADER,
    {"type": "integer", "minimum": 1, "maximum": MAX_ATTEMPT},
    OpenApiParameter.HEADER,
    description="The run's `attempt` that the client makes. Once the run has been given to somebody else, whatever "
    "comes from that attempt is a 409 with the code `stale_attempt`.",
)
_ANSWERS = {200: "Done.", 201: "Made.", 204: "Deleted.", 304: "Nothing has changed since."}


def operation(
    operation_id: str,
    summary: str,
    *,
    tag: str,
    answers: Mapping[int, Any],
    body: Shape | None = None,
    other_bodies: Mapping[str, Any] | None = None,
    query: Shape | None = None,
    writes: bool = False,
    finds: bool = True,
    conflicts: bool | Shape = False,
    of_client: bool = False,
    example: Mapping[str, Any] | None = None,
    answer_example: Any = None,
) -> Callable[[Method], Method]:
    """Describe a method of a view; its docstring is the description.

    `answers` maps status codes to shapes. `writes` tells that the method changes something, `finds` that its path
    names a thing which may be missing, `conflicts` that the thing's state may forbid it. `other_bodies` maps further
    media types of the body to their shapes. `of_client` tells that a run's client may name its attempt. A
    shape that is `OpenApiTypes.BINARY` means bytes of any type.
    """
    has_body = body or other_bodies
    sends_bytes = OpenApiTypes.BINARY in answers.values()
    groups = [
        (_ALWAYS, True),
        (_OF_INPUT, has_body or query),
        (_OF_BODY, has_body),
        (_OF_WRITES, writes),
        (_OF_THINGS, finds),
        (_OF_BYTES, sends_bytes),
    ]
    errors = {code: text for group, applies in groups if applies for code, text in group.items()}
    responses: dict[int, Any] = {code: OpenApiResponse(ErrorSerializer, text) for code, text in errors.items()}
    if conflicts or of_client:
        shape = ErrorSerializer if isinstance(conflicts, bool) else conflicts
        responses[409] = OpenApiResponse(shape, _OF_STATES[409])
    examples = [OpenApiExample("request", value=example, request_only=True)] if example is not None else []
    if answer_example is not None:
        codes = [str(code) for code in answers]
        examples.append(OpenApiExample("answer", value=answer_example, response_only=True, status_codes=codes))
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        tags=[tag],
        request=_NO_FIELDS if body is EmptySerializer else _bodies(body, other_bodies),
        parameters=[*([query] if query else []), *([_ATTEMPT] if of_client else [])],
        responses=_described(answers) | dict(sorted(responses.items())),
        examples=examples,
    )


def _bodies(body: Shape | None, others: Mapping[str, Any] | None) -> Any:
    if others is None:
        return body
    return others if body is None else {"application/json": body, **others}


def _described(answers: Mapping[int, Any]) -> dict[Any, Any]:
    texts = _ANSWERS | ({200: "It was there already."} if 201 in answers else {})
    return {
        (code, "*/*") if shape is OpenApiTypes.BINARY else code: OpenApiResponse(shape, texts[code])
        for code, shape in answers.items()
    }
