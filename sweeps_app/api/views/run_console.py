"""The output of a run: append and read."""

from itertools import islice
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.attempt import run_of_client
from sweeps_app.api.fields import MAX_INT64, integer_or_none
from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.console import (
    ConsoleAppendedSerializer,
    ConsoleAppendSerializer,
    ConsolePageSerializer,
    ConsoleQuery,
)
from sweeps_app.api.serializers.errors import OffsetGapSerializer
from sweeps_app.api.views.base import ApiView, query_of
from sweeps_app.errors import FieldProblem, InvalidInput
from sweeps_app.models import Run
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.console import ConsoleLine, LineFilter, lines_after, lines_before
from sweeps_app.services.console import console_append

_FIELDS = ("offset", "lines")


class RunConsoleView(ApiView):
    """What a run printed."""

    @operation(
        "console_append",
        "Send output",
        tag="runs",
        body=ConsoleAppendSerializer,
        answers={200: ConsoleAppendedSerializer},
        writes=True,
        of_client=True,
        conflicts=OffsetGapSerializer,
        example={"offset": 0, "lines": [[1760000000.25, "stdout", "epoch 1"], [1760000001.5, "stderr", "slow disk"]]},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Store lines; `offset` says how many lines of the run come before them, so that sending twice stores once.

        Both streams are counted together, in the order in which their lines came. What the server has already is
        skipped; a gap is a 409 with `expected`, the offset to send from.
        """
        run = run_of_client(request, self.caller, entity, project, run_id)
        offset, lines = _batch(request.data)
        stored = console_append(run=run, offset=offset, lines=lines)
        return Response({"lines": stored.lines, "stop": stored.stop})

    @operation("console_read", "Read output", tag="runs", query=ConsoleQuery, answers={200: ConsolePageSerializer})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return lines in the order in which they came, or with `tail` the last ones.

        With `search` only those come whose visible text holds it, with `stream` only those of one stream.
        """
        run = run_get(self.caller, entity, project, run_id)
        query = query_of(request, ConsoleQuery)
        lines, next_after = _page(run, LineFilter(query["search"], query["stream"]), query)
        return Response(
            {"lines": [line._asdict() for line in lines], "next_after": next_after, "total": run.console_lines}
        )


def _page(run: Run, wanted: LineFilter, query: dict[str, Any]) -> tuple[list[ConsoleLine], int | None]:
    """Return lines, and the number to go on after where there are more."""
    if "tail" in query:
        return list(islice(lines_before(run, run.console_lines, wanted), query["tail"]))[::-1], None
    found = list(islice(lines_after(run, query["after"], wanted), query["limit"] + 1))
    lines = found[: query["limit"]]
    return lines, lines[-1].number if len(found) > len(lines) else None


def _batch(data: Any) -> tuple[int, list[Any]]:
    """Return offset and lines of a batch; the service looks into the lines."""
    number = integer_or_none(data.get("offset"))
    offset = -1 if number is None else number
    problems = [
        FieldProblem(name, "is not a field of a batch", "unknown_field") for name in data if name not in _FIELDS
    ]
    if not 0 <= offset <= MAX_INT64:
        problems.append(FieldProblem("offset", "must be an integer of 0 or more: how many lines come before"))
    if not isinstance(data.get("lines"), list):
        problems.append(FieldProblem("lines", "must be a list of lines"))
    if problems:
        raise InvalidInput(problems)
    return offset, data["lines"]
