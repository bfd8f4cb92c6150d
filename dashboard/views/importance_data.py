"""The numbers behind the charts of importance, as the address of a chart chooses them."""

from collections.abc import Callable

from django.http import QueryDict

from dashboard.charts.analysed import Analysed
from dashboard.charts.dependence import dependence_chart, dependence_data, dependence_table
from dashboard.charts.figure import Chart, Table
from dashboard.charts.importance import importance_chart, importance_data, importance_table
from dashboard.charts.interactions import interactions_chart, interactions_data, interactions_table
from dashboard.charts.pair_dependence import pair_chart, pair_data, pair_table
from dashboard.importance_choice import followed_selection, read_choice
from sweeps_app.errors import InvalidInput
from sweeps_app.models import Sweep
from sweeps_app.query.selection import Selection
from sweeps_app.services.analysis import importance_of


def importance_figure(sweep: Sweep, options: QueryDict) -> Chart:
    """Return the ranking for the chosen metric, or for all that the sweep pursues."""
    return _drawn(lambda: importance_chart(importance_data(_analysed(sweep, options))))


def importance_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the ranking as a table."""
    return importance_table(importance_data(_analysed(sweep, options)))


def interactions_figure(sweep: Sweep, options: QueryDict) -> Chart:
    """Return the interactions of pairs."""
    return _drawn(lambda: interactions_chart(interactions_data(_first(sweep, options))))


def interactions_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the interactions as a table."""
    return interactions_table(interactions_data(_first(sweep, options)))


def dependence_figure(sweep: Sweep, options: QueryDict) -> Chart:
    """Return the partial dependence on the chosen parameter, or on two."""
    choice = read_choice(options)
    if choice.parameter and choice.other:
        pair = {"across": choice.parameter, "up": choice.other}
        return _drawn(lambda: pair_chart(pair_data(_first(sweep, options), **pair)))
    return _drawn(lambda: dependence_chart(dependence_data(_first(sweep, options), parameter=choice.parameter)))


def dependence_numbers(sweep: Sweep, options: QueryDict) -> Table:
    """Return the partial dependence as a table."""
    choice = read_choice(options)
    if choice.parameter and choice.other:
        return pair_table(pair_data(_first(sweep, options), across=choice.parameter, up=choice.other))
    return dependence_table(dependence_data(_first(sweep, options), parameter=choice.parameter))


def _drawn(draw: Callable[[], Chart]) -> Chart:
    """Return the chart, or why there is none: a link may name a metric that is gone."""
    try:
        return draw()
    except InvalidInput as error:
        return Chart("", message=f"{error.problems[0].message}.")


def _analysed(sweep: Sweep, options: QueryDict) -> list[Analysed]:
    selection = followed_selection(options)
    return [_one(sweep, target, selection) for target in read_choice(options).targets(sweep)]


def _first(sweep: Sweep, options: QueryDict) -> Analysed:
    return _one(sweep, read_choice(options).targets(sweep)[0], followed_selection(options))


def _one(sweep: Sweep, target: str, selection: Selection) -> Analysed:
    state = importance_of(sweep=sweep, target=target, selection=selection)
    return Analysed(state.target, state.importance, state.is_fresh, is_of_selection=bool(selection))
