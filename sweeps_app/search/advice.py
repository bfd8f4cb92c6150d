"""What a valid config is warned about: it can be searched, but probably not as its author means."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sweeps_app.search.distributions import WeightedCategorical, json_key
from sweeps_app.search.parameters import Parameter
from sweeps_app.search.problems import Report, shown
from sweeps_app.search.quantised import QLogUniform, Quantised, QUniform
from sweeps_app.search.space import Space
from sweeps_app.search.suggest import METHODS
from sweeps_app.search.untried import all_points

_WIDE = 1_000  # max / min from which a uniform law hardly ever draws a small value
_MAX_LOOKED_AT = 1_000
_ENDS = {"min": "least", "max": "greatest"}


def add_advice(report: Report, config: Mapping[str, Any], space: Space) -> None:
    """Warn of parameters whose values are clipped, skipped, doubled or never drawn, and of a cap beyond the space.

    `config` is normalised and without problems, `space` its space.
    """
    is_grid = config["method"] == "grid"
    for parameter in space.parameters:
        path = f"parameters.{'.parameters.'.join(parameter.path)}"
        for field, message, code in _of_parameter(parameter, is_grid=is_grid):
            report.warn(f"{path}.{field}", message, code)
    _advise_cap(report, config, space)


def configurations(config: Mapping[str, Any], space: Space) -> int | None:
    """Return after how many configurations a sweep of a normalised config ends by itself, whatever its cap.

    None where it goes on for ever, or where they are too entangled to count.
    """
    method = config["method"]
    if method == "grid":
        return space.grid_size()
    if METHODS[method].is_outside or not (METHODS[method].needs_metric or METHODS[method].never_repeats):
        return None
    points = all_points(space)
    return points.count if points is not None else None


def _of_parameter(parameter: Parameter, *, is_grid: bool) -> Iterator[tuple[str, str, str]]:
    law: Any = parameter.distribution
    if isinstance(law, WeightedCategorical):
        never = [value for value, share in zip(law.values, law.probabilities, strict=True) if share == 0]
        if never:
            yield "probabilities", f"{_few(never)} can never be drawn: probability 0", "never_drawn"
    if parameter.kind == "category":
        yield from _doubled(law.values)
    elif is_grid and isinstance(law, QUniform):
        yield from _beside_the_grid(law)
    elif isinstance(law, Quantised) and not isinstance(law, QLogUniform):  # whose bounds are exponents
        yield from _clipped(law)
    if parameter.law == "uniform" and law.min > 0 and law.max / law.min >= _WIDE:
        message = (
            f"spans {law.max / law.min:,.0f} times min, and nine of ten draws are in the upper nine tenths: "
            "log_uniform_values draws each order of magnitude as often"
        )
        yield "distribution", message, "wide_uniform"


def _doubled(values: Any) -> Iterator[tuple[str, str, str]]:
    if len(values) > _MAX_LOOKED_AT:
        return
    counts = Counter(map(json_key, values))
    twice = {json_key(value): value for value in values if counts[json_key(value)] > 1}
    if twice:
        yield "values", f"{_few(list(twice.values()))} is listed more than once: it counts once in a grid", "repeated"


def _beside_the_grid(law: QUniform) -> Iterator[tuple[str, str, str]]:
    values = law.grid_values()
    message = f"is left out by a grid, which goes from min in steps of q and ends at {shown(values[-1])}"
    yield "max", message, "skipped"


def _clipped(law: Quantised) -> Iterator[tuple[str, str, str]]:
    """Warn of bounds that are no multiples of `q`, and of a step so wide that there is nothing to choose."""
    atoms = law.atoms()
    if atoms is None:
        return
    if len(atoms) == 1:
        yield "q", f"is so wide that every draw gives {shown(atoms[0])}", "single_value"
        return
    low, high = law.support
    for field, bound in (("min", low), ("max", high)):
        if not hasattr(law, field):
            continue
        nearest = round(bound / law.q) * law.q
        if math.isclose(nearest, bound, rel_tol=1e-9, abs_tol=law.q * 1e-9):
            continue
        if (nearest < bound) == (field == "min"):
            message = f"is no multiple of q: what rounds to {nearest:g} is clipped to {bound:g}"
            yield field, message, "clipped"
        else:
            message = f"is no multiple of q, so it is never drawn: the {_ENDS[field]} value is {nearest:g}"
            yield field, message, "never_drawn"


def _advise_cap(report: Report, config: Mapping[str, Any], space: Space) -> None:
    cap = config.get("run_cap")
    size = configurations(config, space) if cap is not None else None
    if cap is None or size is None:
        return
    runs = size * int(config.get("repeats", 1))
    what = "the grid has" if config["method"] == "grid" else "there are only"
    having = f"{what} {size:,} configuration{'s' if size != 1 else ''}"
    if cap > runs:
        report.warn("run_cap", f"is never reached: {having}, {runs:,} runs in all", "beyond_the_space")
    elif config["method"] == "grid" and cap < runs:
        report.warn("run_cap", f"ends the grid early: {having}, the last {runs - cap:,} runs never start", "cut")


def _few(values: list[Any]) -> str:
    texts = [shown(value) for value in values[:5]]
    return ", ".join(texts) + (f" and {len(values) - 5} more" if len(values) > 5 else "")
