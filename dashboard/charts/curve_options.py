"""How a viewer wants curves drawn: read from the address of the page, whose parameters begin with `curve.`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast
from zoneinfo import ZoneInfo

from sweeps_app.analysis.alignment import ALIGNS, BANDS, ENDS, Align, BandKind, Ends
from sweeps_app.analysis.run_choice import WHICH, RunChoice, Which
from sweeps_app.analysis.smoothing import MAX_AMOUNT, METHODS, Smoothing
from sweeps_app.errors import InvalidInput
from sweeps_app.query.columns import Column, column_of, no_such_column
from sweeps_app.selectors.curves import BY_STEP, Across

LIMITS = (100, 200, 500, 1_000)
DEFAULT_LIMIT = 500
_CHOICE = RunChoice(limit=DEFAULT_LIMIT)
_UTC = ZoneInfo("UTC")
DEFAULT_AMOUNT = 60
_METRIC = "metric:"
_T = TypeVar("_T", bound=str)
_KINDS = ("step", "time", "relative")


@dataclass(frozen=True)
class CurveOptions:
    """What the controls of curves say; the defaults draw each run as it was logged, by step.

    `zone` is the viewer's time zone for the axis of times. `group` is the key of a column of the table of runs.
    """

    metric: str = ""
    across: Across = BY_STEP
    smoothing: Smoothing | None = None
    log_x: bool = False
    log_y: bool = False
    group: Column | None = None
    band: BandKind | None = None
    align: Align = "interpolate"
    ends: Ends = "stop"
    choice: RunChoice = _CHOICE
    zone: ZoneInfo = _UTC

    @property
    def revision(self) -> str:
        """What a change of resets the viewer's zoom."""
        return f"{self.metric} {self.across} {self.log_x} {self.log_y}"


AS_LOGGED = CurveOptions()


def read_curve_options(query: Mapping[str, Any]) -> CurveOptions:
    """Return what an address asks for; raises `InvalidInput`, naming the parameter, for what makes no sense.

    `metric` and `scale=log` are further names of `curve.metric` and `curve.logy=1`, for the address of one chart.
    """
    read = _Reader(query)
    method = read.one_of("smooth", METHODS)
    amount = read.number("amount", DEFAULT_AMOUNT, 0, MAX_AMOUNT)
    which = cast("Which", read.one_of("runs", WHICH) or "spread")
    return CurveOptions(
        metric=read.text("metric") or str(query.get("metric", "")).replace("\x00", ""),
        across=_across(read),
        smoothing=Smoothing(method, amount) if method else None,
        log_x=read.text("logx") == "1",
        log_y=read.text("logy") == "1" or query.get("scale") == "log",
        group=_group(read),
        band=read.one_of("band", BANDS),
        align=read.one_of("align", ALIGNS) or "interpolate",
        ends=read.one_of("ends", ENDS) or "stop",
        choice=RunChoice(which, read.number("most", DEFAULT_LIMIT, 2, LIMITS[-1])),
        zone=_zone(read.text("zone")),
    )


class _Reader:
    """Reads parameters whose names begin with `curve.`."""

    def __init__(self, query: Mapping[str, Any]) -> None:
        self._query = query

    def text(self, name: str) -> str:
        return str(self._query.get(f"curve.{name}", "")).replace("\x00", "")

    def one_of(self, name: str, allowed: tuple[_T, ...]) -> _T | None:
        given = self.text(name)
        if given and given not in allowed:
            raise InvalidInput.of(f"curve.{name}", f"must be one of {', '.join(allowed)}, or empty")
        return next((value for value in allowed if value == given), None)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        given = self.text(name)
        if not given:
            return default
        if not (given.isascii() and given.isdigit() and len(given) < 10 and least <= int(given) <= most):
            raise InvalidInput.of(f"curve.{name}", f"must be a whole number from {least} to {most:,}")
        return int(given)


def _across(read: _Reader) -> Across:
    given = read.text("x") or "step"
    if given.startswith(_METRIC) and len(given) > len(_METRIC):
        return Across("metric", given.removeprefix(_METRIC))
    if given not in _KINDS:
        raise InvalidInput.of("curve.x", f"must be one of {', '.join(_KINDS)}, or metric:NAME")
    return Across(cast('Literal["step", "time", "relative"]', given))


def _group(read: _Reader) -> Column | None:
    given = read.text("group")
    if not given:
        return None
    column = column_of(given)
    if column is None or column.source not in ("field", "config", "summary"):
        raise InvalidInput.of("curve.group", no_such_column(given))
    return column


def _zone(name: str) -> ZoneInfo:
    """Return a time zone, UTC where the browser names one that is not known here."""
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):
        return _UTC
