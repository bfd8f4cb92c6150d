"""A line of a program's output as HTML: its colours as a terminal would show them, and what a search has found in it.

Whatever a line holds is text; only the tags that stand here come out as tags. The Content-Security-Policy lets no
`style` in: the sixteen colours with names are classes, any other stands in `data-ink` and `data-ground`, which
`static/js/console.js` applies.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import accumulate, pairwise
from typing import Any

from dashboard.colors import Rgb, legible, of_256, on_ground
from sweeps_app.columns.lines import plain

_GRAPHICS = re.compile(r"\x1b\[([0-9;:]*)m")
_INVISIBLE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_NAMED_COLORS = 16
Color = int | Rgb


@dataclass(frozen=True)
class Style:
    """How a part of a line looks; a colour is the number of one that has a name, or its parts."""

    ink: Color | None = None
    ground: Color | None = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underlined: bool = False
    struck: bool = False
    inverse: bool = False


_SWITCHES: dict[int, dict[str, Any]] = {
    1: {"bold": True},
    2: {"faint": True},
    3: {"italic": True},
    4: {"underlined": True},
    7: {"inverse": True},
    9: {"struck": True},
    22: {"bold": False, "faint": False},
    23: {"italic": False},
    24: {"underlined": False},
    27: {"inverse": False},
    29: {"struck": False},
    39: {"ink": None},
    49: {"ground": None},
    **{30 + number: {"ink": number} for number in range(8)},
    **{90 + number: {"ink": 8 + number} for number in range(8)},
    **{40 + number: {"ground": number} for number in range(8)},
    **{100 + number: {"ground": 8 + number} for number in range(8)},
}
_INK, _GROUND = 38, 48  # what follows says which of 256, or the parts


def line_html(text: str, search: str = "") -> str:
    """Return a line as HTML, with what `search` finds in it, in upper or lower case, marked."""
    pieces = list(_pieces(_last_state(text)))
    found = _found("".join(piece for piece, _ in pieces), search)
    edges = [0, *accumulate(len(piece) for piece, _ in pieces)]
    return "".join(
        _span(_marked(piece, start, found), style)
        for (piece, style), (start, _) in zip(pieces, pairwise(edges), strict=True)
    )


def _last_state(text: str) -> str:
    """Return what stands on the line at the end, where a carriage return begins it anew."""
    return text.rstrip("\r").rpartition("\r")[2]


def _pieces(text: str) -> Iterator[tuple[str, Style]]:
    """Yield the parts of a line that look alike, without anything that is not seen."""
    style = Style()
    # The odd parts are what the pattern has caught: the numbers of a change of style.
    for place, part in enumerate(_GRAPHICS.split(text)):
        if place % 2:
            style = _changed(style, part)
        elif shown := _INVISIBLE.sub("", plain(part)):
            yield shown, style


def _changed(style: Style, numbers: str) -> Style:
    codes = [int(code) if code else 0 for code in re.split("[;:]", numbers[:200])]
    while codes:
        code = codes.pop(0)
        if code == 0:
            style = Style()
        elif code == _INK:
            style = replace(style, ink=_extended(codes))
        elif code == _GROUND:
            style = replace(style, ground=_extended(codes))
        else:
            style = replace(style, **_SWITCHES.get(code, {}))
    return style


def _extended(codes: list[int]) -> Color | None:
    """Take a colour by number, or by its parts, from the front of `codes`."""
    kind = codes.pop(0) if codes else None
    if kind == 5 and codes:
        number = codes.pop(0) % 256
        return number if number < _NAMED_COLORS else of_256(number)
    if kind == 2 and len(codes) >= 3:
        parts, codes[:3] = codes[:3], []
        return Rgb(*(min(part, 255) for part in parts))
    codes.clear()  # a colour that is cut off says nothing
    return None


def _found(text: str, search: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(re.escape(search), text, re.IGNORECASE)] if search else []


def _marked(piece: str, start: int, found: list[tuple[int, int]]) -> str:
    """Return a part of a line, which starts at `start`, with those parts marked that lie in `found`."""
    html, place, end = [], start, start + len(piece)
    for begin, stop in found:
        begin, stop = max(begin, place), min(stop, end)
        if begin < stop:
            html += [
                escape(piece[place - start : begin - start]),
                f"<mark>{escape(piece[begin - start : stop - start])}</mark>",
            ]
            place = stop
    return "".join([*html, escape(piece[place - start :])])


def _span(html: str, style: Style) -> str:
    if style == Style():
        return html
    ink, ground = (style.ground, style.ink) if style.inverse else (style.ink, style.ground)
    names = ("bold", "faint", "italic", "underlined", "struck")
    classes = [f"ansi-{name}" for name in names if getattr(style, name)]
    data = ""
    if ground is not None:
        below = _rgb(ground)
        data = f' data-ground="{below}" data-ink="{on_ground(below, _rgb(ink) if ink is not None else None)}"'
    elif style.inverse:
        classes.append("ansi-inverse")
    elif isinstance(ink, int):
        classes.append(f"ansi-{ink}")
    elif ink is not None:
        data = ' data-ink="light-dark({}, {})"'.format(*legible(ink))
    named = f' class="{" ".join(classes)}"' if classes else ""
    return f"<span{named}{data}>{html}</span>"


def _rgb(color: Color) -> Rgb:
    return of_256(color) if isinstance(color, int) else color
