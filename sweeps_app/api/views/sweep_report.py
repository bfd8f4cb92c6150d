"""The report of a sweep."""

from django.conf import settings
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.module_loading import import_string
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from sweeps_app.api.negotiation import FileNegotiation
from sweeps_app.api.operation import operation
from sweeps_app.api.views.base import ApiView
from sweeps_app.selectors.access import sweep_get


class SweepReportView(ApiView):
    """A sweep as a file for people."""

    content_negotiation_class = FileNegotiation

    @operation("sweep_report", "Download the report of a sweep", tag="sweeps", answers={200: OpenApiTypes.BINARY})
    def get(self, request: Request, sweep_id: str) -> HttpResponseBase:
        """Return the sweep as one HTML file that opens without a network: charts, all runs, the best configuration.

        It is sent while it is made. Of more than 10,000 runs it holds an even sample, and says so.
        """
        sweep = sweep_get(self.caller, sweep_id)
        chunks = import_string(settings.SWEEP_REPORT)(sweep)
        disposition = content_disposition_header(as_attachment=True, filename=f"{sweep.sweep_id}-report.html")
        headers = {"Content-Disposition": str(disposition)}
        return StreamingHttpResponse(chunks, content_type="text/html; charset=utf-8", headers=headers)
