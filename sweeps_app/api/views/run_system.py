"""What is measured of a run's machine: append, read, figures, curves."""

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
    HistoryPageSerializer,
    HistoryQuery,
    MetricSerializer,
    PartQuery,
    SystemAppendSerializer,
)
from sweeps_app.api.views.base import ApiView
from sweeps_app.api.views.rows import COLUMNS, appended, curve_answer, file_answer, metrics_answer, page_answer
from sweeps_app.selectors.streams import SYSTEM


class RunSystemView(ApiView):
    """The system metrics of a run."""

    parser_classes = [BoundedJSONParser, ColumnsParser]

    @operation(
        "system_append",
        "Log system metrics",
        tag="runs",
        body=SystemAppendSerializer,
        other_bodies=COLUMNS,
        answers={200: HistoryAppendedSerializer},
        writes=True,
        of_client=True,
        conflicts=OffsetGapSerializer,
        example={"offset": 0, "rows": [{"cpu": 93.5, "memory": 41.2, "_timestamp": 1764115200.0}]},
    )
    def post(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Store samples of the machine: a stream of rows with an offset of its own, otherwise as `history`."""
        return appended(request, self.caller, SYSTEM, (entity, project, run_id))

    @operation(
        "system_read", "Read system metrics", tag="runs", query=HistoryQuery, answers={200: HistoryPageSerializer}
    )
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return samples as they were sent, as `history` returns rows; `_step` counts them."""
        return page_answer(request, self.caller, SYSTEM, (entity, project, run_id))


class RunSystemMetricsView(ApiView):
    """The figures of a run's system metrics."""

    @operation(
        "system_metrics",
        "Read the figures of all system metrics",
        tag="runs",
        answers={200: MetricSerializer(many=True)},
    )
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return for each system metric how many samples it has, its last one, and its extremes."""
        return metrics_answer(self.caller, SYSTEM, (entity, project, run_id))


class RunSystemCurveView(ApiView):
    """The curve of one system metric."""

    @operation("system_curve", "Read a system curve", tag="runs", query=CurveQuery, answers={200: CurveSerializer})
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return the curve of one system metric, cut down without losing an extreme value."""
        return curve_answer(request, self.caller, SYSTEM, (entity, project, run_id))


class RunSystemFileView(ApiView):
    """The system metrics of a run as a file."""

    content_negotiation_class = FileNegotiation

    @operation(
        "system_file", "Download system metrics", tag="runs", query=PartQuery, answers={200: OpenApiTypes.BINARY}
    )
    def get(self, request: Request, entity: str, project: str, run_id: str, form: str) -> HttpResponseBase:
        """Return system metrics as a file, in the same forms as history."""
        return file_answer(request, self.caller, SYSTEM, (entity, project, run_id), form)
