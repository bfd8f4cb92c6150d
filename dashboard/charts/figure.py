"""What all figures share.

A figure is built here, on the server, from numbers; colours are names of CSS variables, which the browser resolves when
it draws, so that one figure serves both themes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go
import plotly.io as pio

pio.templates.default = None  # the browser has the template: fonts, grid and grounds of the theme

MAX_TITLE = 36
# What the labels and the title of most axes take, and a legend of one row: for what plotly.js has to make more room, it
# lays a figure out once more.
_BARE, _SIDE, _RIGHT, _BOTTOM, _TOP, _LEGEND = 8, 56, 16, 50, 14, 48
_LEGEND_ABOVE = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "xanchor": "left", "tracegroupgap": 0}
TIME_UNITS = ((86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes"), (1.0, "seconds"))


class Chart(NamedTuple):
    """What the browser gets: a sentence that says what is shown and of how many runs, and the figure.

    Without a figure, `message` says why. `warning` and `notes` are what one has to know to read it rightly.
    `retry_after` (seconds) asks to be asked again: there is more to come.
    """

    caption: str
    figure: go.Figure | None = None
    message: str = ""
    warning: str = ""
    notes: tuple[str, ...] = ()
    retry_after: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain values and typed arrays in base64."""
        return self._asdict() | {"figure": self.figure and self.figure.to_plotly_json()}


class _Shared(list[str]):
    """Texts that nothing changes: a figure is copied whole several times before it is sent, these are not."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Shared":
        return self


class Table(NamedTuple):
    """The numbers of a chart as a table: what its CSV file and its text equivalent hold."""

    header: Sequence[str]
    rows: Iterable[Sequence[Any]]


def new_figure(traces: Sequence[Any], *, revision: str, meta: Mapping[str, Any], **layout: Any) -> go.Figure:
    """Return a figure; while `revision` stays the same, an update keeps the viewer's zoom and hidden traces."""
    has_legend = layout.pop("showlegend", len(traces) > 1)
    return go.Figure(
        traces,
        {
            "uirevision": revision,
            "meta": dict(meta),
            "hovermode": "closest",
            "dragmode": "zoom",
            "margin": margin(layout, top=_LEGEND if has_legend else _TOP),
            "showlegend": has_legend,
            "legend": _LEGEND_ABOVE,
            **layout,
        },
    )


def margin(layout: Mapping[str, Any], *, top: int) -> dict[str, int]:
    """Return the room around a figure of this layout, of which axes may take more (pixels)."""
    left, bottom = ("title" in layout.get(name, {}) for name in ("yaxis", "xaxis"))
    return {"l": _SIDE if left else _BARE, "r": _RIGHT, "t": top, "b": _BOTTOM if bottom else _BARE}


def runs_told(ids: Iterable[str], names: Iterable[str], prefix: str) -> dict[str, Any]:
    """Return the runs that `customdata` of points are places of, for the `meta` of a figure.

    The page of a run is at `prefix` and its id.
    """
    return {"ids": _Shared(ids), "names": _Shared(names), "prefix": prefix}


def axis(title: str, *, log: bool = False, **more: Any) -> dict[str, Any]:
    """Return an axis with a title, which a chart has room for."""
    return {
        "title": {"text": short_name(title, MAX_TITLE)},
        "automargin": True,
        "type": "log" if log else "linear",
        **more,
    }


def time_unit(longest: float) -> tuple[float, str]:
    """Return the length in seconds and the name of the unit in which a span of `longest` seconds reads best."""
    return next(((size, name) for size, name in TIME_UNITS if longest >= 2 * size), TIME_UNITS[-1])


def short_name(name: str, most: int = 26) -> str:
    """Return a name that leaves room for what it stands beside; what tells names apart stands at their end."""
    return name if len(name) <= most else f"…{name[1 - most :].lstrip('.')}"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def of_total(shown: int, total: int, noun: str = "run") -> str:
    """Return "3 runs", or "3 of 5 runs" where not all are shown."""
    return plural(shown, noun) if shown == total else f"{shown:,} of {plural(total, noun)}"
