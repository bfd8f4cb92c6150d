"""The output of a run or an agent job: parts of it for the page that shows it, and all of it to keep."""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from dashboard.console import output, output_query
from dashboard.live import Context, revalidated
from sweeps_app.columns.lines import STREAMS, plain
from sweeps_app.selectors.console import LineFilter, Source, lines_after, lines_count

_TOGETHER = 1000  # lines sent at once


def console_data(request: HttpRequest, source: Source) -> HttpResponseBase:
    """Return lines as HTML with what a script needs to go on, or with `count` how many match."""
    query = output_query(request)
    if "count" in request.GET:
        counted = {"matches": lines_count(source, query.wanted), "version": source.console_lines}
        return revalidated(JsonResponse(counted))
    found = output(source, query)
    html = render_to_string("partials/console_lines.html", {"output": found, "target": query.line})
    answer = {"html": html, "older": found.older, "newer": found.newer, "version": source.console_lines}
    return revalidated(JsonResponse(answer))


def console_text(request: HttpRequest, source: Source) -> HttpResponseBase:
    """Send the output, or what matches of it, as plain text without colours."""
    text = _text(source, output_query(request).wanted)
    response = StreamingHttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{source}-output', safe='')}.txt"
    return response


def console_context(request: HttpRequest, source: Source) -> Context:
    """Return the output; a script that asks for news of a page reads it by itself, as far as it shows it."""
    query = output_query(request)
    shown = {"search": query.wanted.search, "stream": query.wanted.stream, "line": query.line}
    given = {name: value for name, value in shown.items() if value}
    console: Context = {
        "wanted": query.wanted,
        "streams": STREAMS,
        "target": query.line,
        "lines": source.console_lines,
        "query": f"?{urlencode(given)}" if given else "",
    }
    if "fragments" not in request.GET:
        found = output(source, query)
        last = found.lines[-1].number if found.lines else 0
        console |= {"output": found, "last": last}
    return {"console": console}


def _text(source: Source, wanted: LineFilter) -> Iterator[str]:
    part: list[str] = []
    for line in lines_after(source, -1, wanted):
        part.append(plain(line.text))
        if len(part) == _TOGETHER:
            yield "\n".join([*part, ""])
            part = []
    yield "".join(f"{text}\n" for text in part)
