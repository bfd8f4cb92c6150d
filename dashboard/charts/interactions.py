"""Which pairs of parameters act only together, as a matrix."""

from typing import NamedTuple

from dashboard.charts.analysed import Analysed
from dashboard.charts.cells import cell_axis, cell_trace
from dashboard.charts.figure import Chart, Table, new_figure, plural, short_name
from sweeps_app.analysis.results import Interaction

_LEAST_SPAN = 0.1  # so that a matrix of nothing does not look like one of much
_LEAST_SHOWN = 0.005
NOTHING = "\N{EN DASH}"


class InteractionsData(NamedTuple):
    """The pairs, the strongest first, and their parameters in the order of importance."""

    analysed: Analysed
    names: tuple[str, ...]
    pairs: tuple[Interaction, ...]


def interactions_data(analysed: Analysed) -> InteractionsData:
    """Return what the chart shows of an analysis."""
    found = analysed.importance
    if found is None:
        return InteractionsData(analysed, (), ())
    paired = {name for pair in found.interactions for name in (pair.first, pair.second)}
    names = tuple(row.parameter for row in found.rows if row.parameter in paired)
    return InteractionsData(analysed, names, found.interactions)


def interactions_chart(data: InteractionsData) -> Chart:
    """Return the matrix; what cannot be told from chance is in brackets, or a dash where it is next to nothing."""
    if not data.pairs:
        return data.analysed.nothing("Fewer than two parameters matter, so there are no pairs to look at.")
    place = {name: index for index, name in enumerate(data.names)}
    cells, texts, told = [], [], []
    for pair in data.pairs:
        column, row = sorted((place[pair.first], place[pair.second]))
        cells.append((column, row - 1, pair.strength))
        texts.append(_text(pair))
        told.append(
            [
                ("Pair", f"{pair.first}, {pair.second}"),
                ("Together", f"{pair.strength:.1%} ({pair.low:.1%} to {pair.high:.1%})"),
            ]
        )
    labels = [short_name(name, 16) for name in data.names]
    strongest = max(pair.strength for pair in data.pairs)
    figure = new_figure(
        [cell_trace(cells, texts, told, span=(0.0, max(strongest, _LEAST_SPAN)))],
        revision=f"interactions {data.analysed.metric}",
        meta={"rows": True},
        dragmode=False,
        xaxis=cell_axis("", labels[:-1], tickangle=-30),
        yaxis=cell_axis("", labels[1:], autorange=False, range=[len(labels) - 1.5, -0.5]),
    )
    return Chart(_caption(data), figure, retry_after=data.analysed.retry_after)


def interactions_table(data: InteractionsData) -> Table:
    """Return the numbers of the chart."""
    rows = [(pair.first, pair.second, pair.strength, pair.low, pair.high) for pair in data.pairs]
    return Table(("first", "second", "strength", "low", "high"), rows)


def _text(pair: Interaction) -> str:
    if pair.low > 0:
        return f"{pair.strength:.0%}"
    return f"({pair.strength:.0%})" if pair.strength >= _LEAST_SHOWN else NOTHING


def _caption(data: InteractionsData) -> str:
    sure = sum(pair.low > 0 for pair in data.pairs)
    runs = data.analysed.importance.runs if data.analysed.importance else 0
    return (
        f"Share of the variance of {data.analysed.metric} that two parameters explain only together, over "
        f"{data.analysed.counted(runs)}: {plural(sure, 'pair')} of {len(data.pairs)} for certain; brackets may be "
        "chance, dashes are below half a percent."
    )
