"""The report of a sweep, to keep."""

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.report.document import report_chunks, report_name
from dashboard.views.page import PageRequest, page
from dashboard.views.sweep import sweep_at


@require_safe
@never_cache
@page
def report(request: PageRequest, entity: str, project: str, sweep_id: str) -> HttpResponseBase:
    """Return the report as a file, sent while it is made."""
    sweep = sweep_at(request.user, entity, project, sweep_id)
    disposition = content_disposition_header(as_attachment=True, filename=report_name(sweep))
    headers = {"Content-Disposition": str(disposition)}
    return StreamingHttpResponse(report_chunks(sweep), content_type="text/html; charset=utf-8", headers=headers)
