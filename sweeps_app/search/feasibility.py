"""Checks that a space has a point at all."""

from sweeps_app.search.components import MAX_COMBINATIONS, PROOF_TRIES, Component
from sweeps_app.search.points import TooManyCombinations
from sweeps_app.search.problems import Report
from sweeps_app.search.space import Space

_PATH = "constraints"


def check_feasible(report: Report, space: Space) -> None:
    """Report each component of which no point satisfies the constraints, or none was found."""
    for component in space.components:
        if component.known_point is not None:
            continue
        if component.is_enumerable:
            report.error(_PATH, f"no combination of {component.names} satisfies {_sources(component)}", "infeasible")
        else:
            message = (
                f"none of {PROOF_TRIES:,} points tried satisfies {_sources(component)}: "
                "widen the ranges, or express one parameter by the others in the script"
            )
            report.error(_PATH, message, "infeasible")


def check_grid(report: Report, space: Space) -> None:
    """Report each parameter that has no grid, and a grid without a point or too large to be checked."""
    without = [parameter for parameter in space.parameters if parameter.distribution.grid_values() is None]
    for parameter in without:
        path = f"parameters.{'.parameters.'.join(parameter.path)}"
        message = f"{parameter.law} has no grid: method grid takes constant, categorical, int_uniform and q_uniform"
        report.error(path, message, "no_grid")
    if without:
        return
    try:
        empty = space.grid.empty() if space.grid else []
    except TooManyCombinations as error:
        names, count = error.component.names, error.count
        message = f"link {names}, which have {count:,} combinations; a grid can check up to {MAX_COMBINATIONS:,}"
        report.error(_PATH if error.component.constraints else "parameters", message, "too_many_combinations")
        return
    for component in empty:
        report.error(_PATH, f"no combination of {component.names} satisfies {_sources(component)}", "infeasible")


def _sources(component: Component) -> str:
    return " and ".join(f"`{constraint.source}`" for constraint in component.constraints)
