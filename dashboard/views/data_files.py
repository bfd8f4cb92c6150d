"""Answers that carry data: JSON for a script, CSV for a person, a table for whoever does not see a chart."""

import csv
import gzip
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import re_accepts_gzip
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from dashboard.charts.figure import Chart, Table
from dashboard.live import unchanged_response, with_etag
from sweeps_app.selectors.kept import Kept

MAX_TABLE_ROWS = 200
# Numbers hardly become smaller by more work: level 6 takes twice as long for 3 % less.
_LEVEL = 1
_KEPT: Kept[bytes] = Kept(32_000_000, len)
# A cell that begins so would be a formula to a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def data_answer(
    request: HttpRequest,
    kind: str,
    etag: str,
    *,
    chart: Callable[[], Any],
    table: Callable[[], Table],
    name: str,
    keep: str = "",
) -> HttpResponseBase:
    """Return a chart as `json`, or its table as `csv` or `html`; a 304 for JSON where the browser has it already.

    `chart` and `table` are only called when they are needed. An answer that takes long to make and is often asked for
    is kept compressed: `keep` names then what it depends on besides the version. A chart that is to be asked for again
    has no etag, and must not be kept: asking is what makes a worker compute it.
    """
    if kind == "csv":
        return csv_answer(table(), name)
    if kind == "html":
        return _table_answer(request, table())
    if kind != "json":
        raise Http404(f"no data of kind '{kind}'")
    if unchanged := unchanged_response(request, etag):
        return unchanged
    if keep:
        return with_etag(_packed_answer(request, _KEPT.get(f"{keep} {etag}", lambda: _packed(chart()))), etag)
    found = chart()
    response = _packed_answer(request, _packed(found))
    has_more = isinstance(found, Chart) and found.retry_after is not None
    return response if has_more else with_etag(response, etag)


def _packed(found: Any) -> bytes:
    return gzip.compress(JsonResponse(found.to_json() if isinstance(found, Chart) else found).content, _LEVEL)


def _packed_answer(request: HttpRequest, body: bytes) -> HttpResponse:
    response = HttpResponse(content_type="application/json")
    patch_vary_headers(response, ("Accept-Encoding",))
    if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
        response["Content-Encoding"] = "gzip"
        response.content = body
    else:
        response.content = gzip.decompress(body)
    return response


def csv_answer(table: Table, name: str) -> HttpResponse:
    """Return a table as a file to keep."""
    response = HttpResponse("".join(_csv_lines(table)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}.csv"
    return response


def _csv_lines(table: Table) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow([_safe(cell) for cell in table.header])
    for row in table.rows:
        yield writer.writerow([_safe(cell) for cell in row])


def _safe(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _table_answer(request: HttpRequest, table: Table) -> HttpResponseBase:
    rows = list(islice(table.rows, MAX_TABLE_ROWS + 1))
    context = {"header": table.header, "rows": rows[:MAX_TABLE_ROWS], "is_cut": len(rows) > MAX_TABLE_ROWS}
    return render(request, "partials/data_table.html", context)
