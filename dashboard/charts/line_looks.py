"""How lines that stand for different things are told apart: colours first, then dashes."""

from typing import Any

_COLORS = 6
_DASHES = ("solid", "dash", "dot", "dashdot")
MAX_LOOKS = _COLORS * len(_DASHES)


def line_look(place: int) -> dict[str, Any]:
    """Return colour and dash of line number `place`: no two of 24 share both.

    Dashes change with each line, too, so that neighbours differ for whoever tells no colours apart.
    """
    round_, color = divmod(place % MAX_LOOKS, _COLORS)
    return {"color": f"var(--chart-{color + 1})", "dash": _DASHES[(round_ + color) % len(_DASHES)]}
