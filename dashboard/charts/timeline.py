"""When each agent had which run: a row an agent, a bar an attempt."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.figure import Chart, Table, axis, new_figure, of_total, runs_told, short_name
from sweeps_app.selectors.spans import Lane, RunSpans

MAX_LANES = 100
_FEW, _SOME = 14, 40
_QUARTER = 900  # seconds: no zone changes its offset within one
_TICK = 14  # pixels that the name of a row needs
_REM = 16
_AROUND = 5.5  # rem: axis and legend

# state -> (label, colour)
_LOOKS = {
    "finished": ("Finished", "var(--state-finished)"),
    "running": ("Under way", "var(--state-running)"),
    "pending": ("Waiting", "var(--state-pending)"),
    "stopped_early": ("Stopped early", "var(--state-stopped-early)"),
    "killed": ("Killed", "var(--state-killed)"),
    "preempting": ("Preempting", "var(--state-preempted)"),
    "preempted": ("Preempted", "var(--state-preempted)"),
    "failed": ("Failed", "var(--state-failed)"),
    "crashed": ("Crashed", "var(--state-crashed)"),
}
_FAILURES = ("failed", "crashed")
_SHADES = (0.95, 0.6)  # of bars that follow one another, so that each can be told from the next

Numbers = NDArray[np.float64]


class _Bars(NamedTuple):
    """What is drawn: the row of each attempt, and its times on the axis."""

    rows: NDArray[np.int32]
    starts: Numbers
    ends: Numbers


class TimelineData(NamedTuple):
    """Attempts of the rows that are shown: `rows` (int32[n]) is the row of each, an index into `lanes`."""

    spans: RunSpans
    chosen: NDArray[np.intp]
    rows: NDArray[np.int32]
    lanes: list[Lane]


def timeline_data(spans: RunSpans) -> TimelineData:
    """Return what the chart shows: where there are more than 100 agents, those that had a run last."""
    count = len(spans.places)
    latest = np.full(count, -np.inf)
    np.maximum.at(latest, spans.lanes, spans.ends)
    kept = np.sort(np.argsort(-latest, kind="stable")[:MAX_LANES])
    row_of = np.full(count, -1, dtype=np.int32)
    row_of[kept] = np.arange(len(kept), dtype=np.int32)
    rows = row_of[spans.lanes] if count else np.empty(0, np.int32)
    chosen = np.flatnonzero(rows >= 0)
    return TimelineData(spans, chosen, rows[chosen], [spans.places[i] for i in kept.tolist()])


def timeline_chart(data: TimelineData, *, zone: ZoneInfo, run_prefix: str = "") -> Chart:
    """Return the chart, its times in `zone`."""
    if not len(data.chosen):
        return Chart("", message="No agent has begun a run yet.")
    bars = _Bars(data.rows, *(_local(part[data.chosen], zone) for part in (data.spans.starts, data.spans.ends)))
    row_height = 1.75 if len(data.lanes) <= _FEW else 1.0 if len(data.lanes) <= _SOME else 0.55
    states = np.array(data.spans.states, dtype=np.object_)[data.chosen]
    shades = _turns(data.rows)
    traces = _presence(data, zone)
    for state, (label, color) in _LOOKS.items():
        for shade, opacity in enumerate(_SHADES):
            mask = (states == state) & (shades == shade)
            if mask.any():
                width = row_height * _REM * 0.62
                # Simplified, what is narrower than a pixel would be left out: with thousands of runs all of it.
                line = {"width": width, "color": color, "simplify": False}
                look = {"name": label, "opacity": opacity, "line": line}
                traces.append(_line(bars, np.flatnonzero(mask), look))
    failed = np.flatnonzero(np.isin(states, _FAILURES))
    if len(failed):
        traces.append(_crosses(bars, failed))
    _name_once(traces)
    rows = data.chosen.tolist()
    attempts = {str(i): data.spans.attempts[row] for i, row in enumerate(rows) if data.spans.attempts[row] > 1}
    figure = new_figure(
        traces,
        revision=f"timeline {zone.key}",
        meta={
            "runs": runs_told((data.spans.ids[i] for i in rows), (data.spans.names[i] for i in rows), run_prefix),
            "spans": {"lanes": [lane.name for lane in data.lanes], "attempts": attempts},
            "height": len(data.lanes) * row_height + _AROUND,
        },
        showlegend=True,
        xaxis=axis("", zeroline=False, showgrid=True) | {"type": "date", "tickangle": 0},
        yaxis=_rows_axis(data.lanes, row_height),
    )
    return Chart(_caption(data, zone), figure)


def timeline_table(data: TimelineData) -> Table:
    """Return the attempts of all agents, times in UTC."""
    return Table(("agent", "run", "name", "attempt", "state", "began (UTC)", "seconds"), _table_rows(data.spans))


def _table_rows(spans: RunSpans) -> Iterator[tuple[Any, ...]]:
    times = zip(spans.lanes.tolist(), spans.starts.tolist(), spans.ends.tolist(), strict=True)
    for i, (lane, start, end) in enumerate(times):
        run = (spans.ids[i], spans.names[i], spans.attempts[i], spans.states[i])
        yield spans.places[lane].name, *run, _iso(start), round(end - start, 3)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, ZoneInfo("UTC")).isoformat(sep=" ", timespec="seconds")[:19]


def _local(seconds: Numbers, zone: ZoneInfo) -> Numbers:
    """Return times as milliseconds of a clock in `zone`, which is what a date axis of plotly.js shows."""
    quarters, inverse = np.unique(seconds // _QUARTER, return_inverse=True)
    offsets = np.array([_offset(quarter * _QUARTER, zone) for quarter in quarters.tolist()])
    return np.asarray((seconds + offsets[inverse.reshape(-1)]) * 1000, dtype=np.float64)


def _offset(seconds: float, zone: ZoneInfo) -> float:
    offset = datetime.fromtimestamp(seconds, zone).utcoffset()
    return offset.total_seconds() if offset else 0.0


def _turns(rows: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return 0 and 1 by turns along each row; the entries stand in the order of time."""
    order = np.argsort(rows, kind="stable")
    firsts = np.searchsorted(rows[order], rows[order], side="left")
    turns = np.empty(len(rows), dtype=np.int64)
    turns[order] = (np.arange(len(rows)) - firsts) % 2
    return turns


def _line(bars: _Bars, which: NDArray[np.intp], look: dict[str, Any]) -> go.Scatter:
    """Return bars as one broken line, of which a browser draws thousands at once: start, middle, end, gap."""
    starts, ends = bars.starts[which], bars.ends[which]
    return go.Scatter(
        x=np.stack([starts, (starts + ends) / 2, ends, np.full(len(which), np.nan)], axis=1).ravel(),
        y=np.repeat(bars.rows[which].astype(np.int16), 4),
        customdata=np.repeat(which.astype(np.int32), 4),
        mode="lines",
        hoverinfo="skip",  # the page itself finds the bar under the pointer
        connectgaps=False,
        legendgroup=look["name"],
        meta={"span": True},
        **look,
    )


def _crosses(bars: _Bars, which: NDArray[np.intp]) -> go.Scatter:
    """Return marks at the ends of what failed, which do not need colour to be seen."""
    return go.Scatter(
        x=bars.ends[which],
        y=bars.rows[which].astype(np.int16),
        mode="markers",
        name="Failed or crashed here",
        hoverinfo="skip",
        showlegend=False,
        marker={"symbol": "x-thin", "size": 6, "line": {"width": 1.5, "color": "var(--text)"}},
    )


def _presence(data: TimelineData, zone: ZoneInfo) -> list[go.Scatter]:
    """Return a thin line for the time in which an agent was there: idle where no bar covers it."""
    known = [(row, lane) for row, lane in enumerate(data.lanes) if np.isfinite(lane.began)]
    if not known:
        return []
    began = _local(np.array([lane.began for _, lane in known]), zone)
    heard = _local(np.array([lane.heard for _, lane in known]), zone)
    rows = np.array([row for row, _ in known], dtype=np.int16)
    line = go.Scatter(
        x=np.stack([began, heard, np.full(len(known), np.nan)], axis=1).ravel(),
        y=np.repeat(rows, 3),
        mode="lines",
        name="Idle",
        hoverinfo="skip",
        showlegend=False,
        connectgaps=False,
        line={"width": 1, "color": "var(--chart-axis)"},
    )
    return [line]


def _name_once(traces: list[go.Scatter]) -> None:
    """Let each state stand in the legend once; what else is drawn stands in the caption."""
    seen: set[str] = set()
    for trace in traces:
        if trace.legendgroup:
            trace.showlegend = trace.name not in seen
            seen.add(trace.name)


def _rows_axis(lanes: list[Lane], row_height: float) -> dict[str, Any]:
    """Return the axis of the rows: a name each, or where they are too many one a host."""
    ticks = [(row, lane.name) for row, lane in enumerate(lanes)]
    if row_height * _REM < _TICK:
        hosts: dict[str, list[int]] = {}
        for row, lane in enumerate(lanes):
            hosts.setdefault(lane.host or lane.name, []).append(row)
        ticks = [(rows[0], f"{host} ({len(rows)})" if len(rows) > 1 else host) for host, rows in hosts.items()]
        every = -(-int(len(ticks) * _TICK) // int(len(lanes) * row_height * _REM))
        ticks = ticks[:: max(every, 1)]
    return axis("", zeroline=False, showgrid=False, fixedrange=True) | {
        "range": [len(lanes) - 0.5, -0.5],
        "tickvals": [row for row, _ in ticks],
        "ticktext": [short_name(name, 22) for _, name in ticks],
    }


def _caption(data: TimelineData, zone: ZoneInfo) -> str:
    spans = data.spans
    shown = len({spans.ids[i] for i in data.chosen.tolist()})
    again = sum(spans.attempts[i] > 1 for i in data.chosen.tolist())
    repeated = f", {again:,} of them tried again," if again else ""
    agents = of_total(len(data.lanes), len(spans.places), "agent")
    which = ", those that had a run last" if len(data.lanes) < len(spans.places) else ""
    failed = any(spans.states[i] in _FAILURES for i in data.chosen.tolist())
    crosses = ", a cross the end of what failed or crashed" if failed else ""
    return (
        f"{of_total(shown, spans.total)}{repeated} by {agents}{which}; a thin line is an agent without a run{crosses}. "
        f"Times of {zone.key}; what is under way ends where it was last heard of."
    )
