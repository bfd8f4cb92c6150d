"""What the views of both streams of rows do: append, read, figures, curves."""

from collections.abc import Mapping
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.attempt import run_of_client
from sweeps_app.api.fields import MAX_INT64, integer_or_none
from sweeps_app.api.serializers.history import (
    CurveQuery,
    HistoryQuery,
    LastBatchSerializer,
    MetricSerializer,
    PartQuery,
)
from sweeps_app.api.views.base import query_of, values_of
from sweeps_app.columns.series import MAX_BUCKETS
from sweeps_app.columns.wire import MEDIA_TYPE, WireBatch
from sweeps_app.errors import FieldProblem, InvalidInput, NotFound
from sweeps_app.models import User
from sweeps_app.selectors.access import run_get
from sweeps_app.selectors.export import FORMS, rows_file
from sweeps_app.selectors.history import Part, curve_between, history_page, run_curve, run_metrics
from sweeps_app.selectors.streams import HISTORY, Stream
from sweeps_app.services.ingest import RowBatch, batch_append
from sweeps_app.services.runs import RunEnding

# The schema's word for a body of columns.
COLUMNS = {MEDIA_TYPE: OpenApiTypes.BINARY}

# Entity, project and id of a run.
Place = tuple[str, str, str]


def appended(request: Request, caller: User, stream: Stream, place: Place) -> Response:
    """Store the rows or columns of a request and tell what is stored now."""
    run = run_of_client(request, caller, *place)
    data: Any = request.data
    finish = data.finish if isinstance(data, WireBatch) else data.get("finish")
    batch = _columns(data, stream) if isinstance(data, WireBatch) else _rows(data, stream)
    done = batch_append(run=run, batch=batch, stream=stream, ending=_ending(finish))
    return Response({"rows": done.rows, "stop": done.stop, "skipped": done.skipped})


def page_answer(request: Request, caller: User, stream: Stream, place: Place) -> Response:
    """Return exact rows."""
    run = run_get(caller, *place)
    query = query_of(request, HistoryQuery)
    page = history_page(run, stream=stream, part=_part(query), after=query["after"], limit=query["limit"])
    return Response({"rows": page.rows, "next_after": page.next_after, "total": page.total})


def metrics_answer(caller: User, stream: Stream, place: Place) -> Response:
    """Return the figures of all metrics."""
    return Response(MetricSerializer(run_metrics(run_get(caller, *place), stream), many=True).data)


def curve_answer(request: Request, caller: User, stream: Stream, place: Place) -> Response:
    """Return the curve of one metric."""
    run = run_get(caller, *place)
    query = query_of(request, CurveQuery)
    name = query.pop("metric")
    curve = run_curve(run, name, stream)
    if curve is None:
        raise NotFound(f"run '{run.run_id}' has no metric '{name}'")
    if query:
        buckets = query.pop("buckets", MAX_BUCKETS)
        curve = curve_between(run, name, stream, Part(metrics=[name], **query), 1 << (buckets.bit_length() - 1))
    return Response({"steps": curve.steps.tolist(), "values": curve.values.tolist()})


def file_answer(request: Request, caller: User, stream: Stream, place: Place, form: str) -> HttpResponseBase:
    """Return rows as a file, sent while it is made."""
    run = run_get(caller, *place)
    part = _part(query_of(request, PartQuery))
    kind = "history" if stream is HISTORY else "system"
    disposition = content_disposition_header(as_attachment=True, filename=f"{run.run_id}-{kind}.{form}")
    headers = {"Content-Disposition": str(disposition)}
    return StreamingHttpResponse(rows_file(run, stream, part, form), content_type=FORMS[form], headers=headers)


def _part(query: Mapping[str, Any]) -> Part:
    names = [name for name in query["metrics"].split(",") if name]
    return Part(names or None, query.get("min_step"), query.get("max_step"))


def _ending(finish: Any) -> RunEnding | None:
    """Return how the run ends with its last batch, None where it goes on."""
    if finish is None:
        return None
    read = values_of({"finish": finish}, LastBatchSerializer)["finish"]
    return RunEnding(**{name: value for name, value in read.items() if value is not None})


def _columns(batch: WireBatch, stream: Stream) -> WireBatch:
    for name in ("summary", "finish"):
        if stream is not HISTORY and getattr(batch, name) is not None:
            raise InvalidInput.of(name, "is not a field of such a batch", "unknown_field")
    return batch


def _rows(data: Any, stream: Stream) -> RowBatch:
    """Return a batch; the service looks into the rows, all at once."""
    fields = ("offset", "rows", "summary", "finish") if stream is HISTORY else ("offset", "rows")
    given, rows, summary = (data.get(name) for name in ("offset", "rows", "summary"))
    number = integer_or_none(given)
    offset = -1 if number is None else number
    problems = [FieldProblem(name, "is not a field of a batch", "unknown_field") for name in data if name not in fields]
    if not 0 <= offset <= MAX_INT64:
        problems.append(FieldProblem("offset", "must be an integer of 0 or more: how many rows come before"))
    if not isinstance(rows, list):
        problems.append(FieldProblem("rows", "must be a list of objects"))
    told = [name for name in ("summary", "finish") if not isinstance(data.get(name), dict | None)]
    problems += [FieldProblem(name, "must be an object") for name in told]
    if problems:
        raise InvalidInput(problems)
    return RowBatch(offset, rows, summary)
