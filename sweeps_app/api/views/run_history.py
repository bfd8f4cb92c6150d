"""The history of a run: append, read, figures, curves."""

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.negotiation import FileNegotiation
from sweeps_app.api.operation import operation
from sweeps_app.api.parsers import BoundedJSONParser, ColumnsParser
from sweeps_app.api.serializers.errors import OffsetGapSerializer
from sweeps_app.api.serializers.history import (
    CurveQuery,
    CurveSerializer,
    HistoryAppendedSerializer,
    HistoryAppendSerializer,
    HistoryPageSerializer,
    HistoryQuery,
    MetricSerializer,
    PartQuery,
)
from sweeps_app.api.views.base import ApiView
from sweeps_app.api.views.rows import COLUMNS, appended, curve_answer, file_answer, metrics_answer, page_answer
from sweeps_app.selectors.streams import HISTORY


class RunHistoryView(ApiView):
    """The rows of a run."""

    parser_classes = [BoundedJSONParser, ColumnsParser]

    @operation(
        "history_append",
        "Log rows",
        tag="runs",
        body=HistoryAppendSerializer,
        other_bodies=COLUMNS,
        answers={200: HistoryAppendedSerializer},
        writes=True,
        of_client=True,
        conflicts=OffsetGapSerializer,
        example={"offset": 0, "rows": [{"loss": 0.9, "_step": 0}, {"loss": 0.7, "_step": 1}]},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Store rows; `offset` says how many rows of the run come before them, so that sending twice stores once.

        What the server has already is skipped; a gap is a 409 with `expected`, the offset to send from. A batch
        with one wrong row is refused as a whole, and the error names the row and the metric. A run that has ended
        still takes late rows and stays ended. Numbers may be sent as columns instead, which costs a tenth:
        docs/ingestion.md describes the form.
        """
        return appended(request, self.caller, HISTORY, (entity, project, run_id))

    @operation("history_read", "Read rows", tag="runs", query=HistoryQuery, answers={200: HistoryPageSerializer})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return rows exactly as they were logged, in the order in which they came.

        With `metrics` only these are returned, and rows without any of them are left out. Numbers that are not
        finite are the texts "NaN", "Infinity" and "-Infinity".
        """
        return page_answer(request, self.caller, HISTORY, (entity, project, run_id))


class RunMetricsView(ApiView):
    """The figures of a run's metrics."""

    @operation("run_metrics", "Read the figures of all metrics", tag="runs", answers={200: MetricSerializer(many=True)})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return for each metric how many values it has, its last one, and its extremes."""
        return metrics_answer(self.caller, HISTORY, (entity, project, run_id))


class RunCurveView(ApiView):
    """The curve of one metric."""

    @operation("run_curve", "Read a curve", tag="runs", query=CurveQuery, answers={200: CurveSerializer})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return the curve of one metric, cut down to a bounded number of points without losing an extreme value.

        Values that are not finite numbers are left out.
        """
        return curve_answer(request, self.caller, HISTORY, (entity, project, run_id))


class RunHistoryFileView(ApiView):
    """The rows of a run as a file."""

    content_negotiation_class = FileNegotiation

    @operation("history_file", "Download rows", tag="runs", query=PartQuery, answers={200: OpenApiTypes.BINARY})
    def get(self, request: Request, entity: str, project: str, run_id: str, form: str) -> HttpResponseBase:
        """Return rows as a file: `csv`, `jsonl` (a JSON object a row), `parquet`, or `arrow` (its streaming format).

        It is written while it is sent, however long the run is. docs/ingestion.md says how values are written in each.
        """
        return file_answer(request, self.caller, HISTORY, (entity, project, run_id), form)
