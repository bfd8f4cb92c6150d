"""What a forest predicts for values of two parameters at once, as a heat map."""

from typing import NamedTuple

from dashboard.charts.analysed import Analysed
from dashboard.charts.cells import cell_axis, cell_trace, tick_text
from dashboard.charts.figure import Chart, Table, new_figure
from sweeps_app.analysis.results import Interaction


class PairData(NamedTuple):
    """The grid of a pair, None where it was not looked at; `across` is the parameter on the horizontal axis."""

    analysed: Analysed
    across: str
    up: str
    pair: Interaction | None

    def cells(self) -> list[tuple[int, int, float, int]]:
        """Return (column, row, prediction, runs) of each cell that has runs."""
        if self.pair is None:
            return []
        is_turned = self.pair.first != self.across
        return [
            (j, i, mean, near) if is_turned else (i, j, mean, near)
            for i, (means, nears) in enumerate(zip(self.pair.means, self.pair.near, strict=True))
            for j, (mean, near) in enumerate(zip(means, nears, strict=True))
            if mean is not None
        ]

    def ticks(self, parameter: str) -> tuple[float | str, ...]:
        """Return the values of one of the two."""
        if self.pair is None:
            return ()
        return self.pair.first_ticks if self.pair.first == parameter else self.pair.second_ticks


def pair_data(analysed: Analysed, *, across: str, up: str) -> PairData:
    """Return the grid of two parameters."""
    pairs = analysed.importance.interactions if analysed.importance else ()
    found = (pair for pair in pairs if {pair.first, pair.second} == {across, up})
    return PairData(analysed, across, up, next(found, None))


def pair_chart(data: PairData) -> Chart:
    """Return the heat map; there is no cell where there are no runs."""
    found = data.cells()
    if not found:
        return data.analysed.nothing(
            f"{data.across} and {data.up} were not looked at together: "
            "the eight most important parameters are, in pairs that runs have both of."
        )
    columns, rows = data.ticks(data.across), data.ticks(data.up)
    told = [
        [(data.across, columns[i]), (data.up, rows[j]), ("Prediction", mean), ("Runs near", near)]
        for i, j, mean, near in found
    ]
    means = [mean for _, _, mean, _ in found]
    trace = cell_trace(
        [(i, j, mean) for i, j, mean, _ in found],
        [f"{mean:.3g}" for mean in means],
        told,
        span=(min(means), max(means)),
    )
    figure = new_figure(
        [trace],
        revision=f"dependence {data.analysed.metric} {data.across} {data.up}",
        meta={"rows": True},
        dragmode=False,
        plot_bgcolor="var(--chart-mask)",
        xaxis=cell_axis(data.across, [tick_text(tick) for tick in columns]),
        yaxis=cell_axis(data.up, [tick_text(tick) for tick in rows]),
    )
    return Chart(_caption(data), figure, retry_after=data.analysed.retry_after)


def pair_table(data: PairData) -> Table:
    """Return the numbers of the chart."""
    columns, rows = data.ticks(data.across), data.ticks(data.up)
    found = [(columns[i], rows[j], mean, near) for i, j, mean, near in data.cells()]
    return Table((data.across, data.up, "prediction", "runs near"), found)


def _caption(data: PairData) -> str:
    runs = data.analysed.importance.runs if data.analysed.importance else 0
    strength = "" if data.pair is None else f" Only together they explain {data.pair.strength:.0%} of the variance."
    return (
        f"What the forest predicts of {data.analysed.metric} for {data.across} and {data.up}, all else as in the runs, "
        f"from {data.analysed.counted(runs)}; cells without runs are left out.{strength}"
    )
