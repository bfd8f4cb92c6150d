"""The history of a run: append, read, figures, curves."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.fields import MAX_INT64, integer_or_none
from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.errors import OffsetGapSerializer
from sweeps_app.api.serializers.history import (
    CurveQuery,
    CurveSerializer,
    HistoryAppendedSerializer,
    HistoryAppendSerializer,
    HistoryPageSerializer,
    HistoryQuery,
    MetricSerializer,
)
from sweeps_app.api.views.base import ApiView, query_of
from sweeps_app.errors import FieldProblem, InvalidInput, NotFound
from sweeps_app.selectors.access import run_get, run_ref
from sweeps_app.selectors.history import history_page, run_curve, run_metrics
from sweeps_app.services.ingest import history_append

_FIELDS = ("offset", "rows", "summary")


class RunHistoryView(ApiView):
    """The rows of a run."""

    @operation(
        "history_append",
        "Log rows",
        tag="runs",
        body=HistoryAppendSerializer,
        answers={200: HistoryAppendedSerializer},
        writes=True,
        conflicts=OffsetGapSerializer,
        example={"offset": 0, "rows": [{"loss": 0.9, "_step": 0}, {"loss": 0.7, "_step": 1}]},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Store rows; `offset` says how many rows of the run come before them, so that sending twice stores once.

        What the server has already is skipped; a gap is a 409 with `expected`, the offset to send from. A batch
        with one wrong row is refused as a whole, and the error names the row and the metric. A run that has ended
        still takes late rows and stays ended.
        """
        run = run_ref(self.caller, entity, project, run_id)
        offset, rows, summary = _batch(request.data)
        appended = history_append(run=run, offset=offset, rows=rows, summary=summary)
        return Response({"rows": appended.rows, "stop": appended.stop})

    @operation("history_read", "Read rows", tag="runs", query=HistoryQuery, answers={200: HistoryPageSerializer})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return rows exactly as they were logged, in the order in which they came.

        With `metrics` only these are returned, and rows without any of them are left out. Numbers that are not
        finite are the texts "NaN", "Infinity" and "-Infinity".
        """
        run = run_get(self.caller, entity, project, run_id)
        query = query_of(request, HistoryQuery)
        names = [name for name in query.pop("metrics").split(",") if name]
        page = history_page(run, metrics=names or None, **query)
        return Response({"rows": page.rows, "next_after": page.next_after, "total": page.total})


class RunMetricsView(ApiView):
    """The figures of a run's metrics."""

    @operation("run_metrics", "Read the figures of all metrics", tag="runs", answers={200: MetricSerializer(many=True)})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return for each metric how many values it has, its last one, and its extremes."""
        run = run_get(self.caller, entity, project, run_id)
        return Response(MetricSerializer(run_metrics(run), many=True).data)


class RunCurveView(ApiView):
    """The curve of one metric."""

    @operation("run_curve", "Read a curve", tag="runs", query=CurveQuery, answers={200: CurveSerializer})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return the curve of one metric, cut down to a bounded number of points without losing an extreme value.

        Values that are not finite numbers are left out.
        """
        run = run_get(self.caller, entity, project, run_id)
        name = query_of(request, CurveQuery)["metric"]
        curve = run_curve(run, name)
        if curve is None:
            raise NotFound(f"run '{run_id}' has no metric '{name}'")
        return Response({"steps": curve.steps.tolist(), "values": curve.values.tolist()})


def _batch(data: Any) -> tuple[int, list[Any], dict[str, Any] | None]:
    """Return offset, rows and summary of a batch; the service looks into the rows, all at once."""
    given, rows, summary = (data.get(name) for name in _FIELDS)
    number = integer_or_none(given)
    offset = -1 if number is None else number
    problems = [
        FieldProblem(name, "is not a field of a batch", "unknown_field") for name in data if name not in _FIELDS
    ]
    if not 0 <= offset <= MAX_INT64:
        problems.append(FieldProblem("offset", "must be an integer of 0 or more: how many rows come before"))
    if not isinstance(rows, list):
        problems.append(FieldProblem("rows", "must be a list of objects"))
    if summary is not None and not isinstance(summary, dict):
        problems.append(FieldProblem("summary", "must be an object"))
    if problems:
        raise InvalidInput(problems)
    return offset, rows, summary
