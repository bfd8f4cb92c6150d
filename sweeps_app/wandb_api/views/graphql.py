"""Where the client asks and tells everything but numbers and files."""

from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sweeps_app.wandb_api.answers import answer, refusal
from sweeps_app.wandb_api.authentication import REFUSED, caller_of
from sweeps_app.wandb_api.bodies import json_body
from sweeps_app.wandb_api.context import Context

_MAX_CLIENT = 200


@csrf_exempt
@require_POST
def graphql(request: HttpRequest) -> HttpResponse:
    """Answer a query or a mutation. The key in the request says who asks; cookies say nothing here."""
    user = caller_of(request)
    if user is None:
        return refusal(REFUSED, 401)
    body = json_body(request)
    if isinstance(body, HttpResponse):
        return body
    query, variables, operation = body.get("query"), body.get("variables"), body.get("operationName")
    if not isinstance(query, str) or not isinstance(variables, dict | None) or not isinstance(operation, str | None):
        return refusal("Send `query` as text, `variables` as an object and `operationName` as text.", 400)
    context = Context(user, root_of(request), request.headers.get("User-Agent", "")[:_MAX_CLIENT])
    # Not imported before somebody comes with the client: see `graph.py`.
    execution: Any = import_module("sweeps_app.wandb_api.execution")
    result = execution.execute(query, variables, operation, context)
    return answer(result.body, result.status)


def root_of(request: HttpRequest) -> str:
    """Return the server's address as the client sees it, without a slash at the end."""
    return request.build_absolute_uri("/")[:-1] + request.path.removesuffix("/graphql")
