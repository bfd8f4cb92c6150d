"""Checks that a space has a point at all."""

from sweeps_app.search.components import PROOF_TRIES, Component
from sweeps_app.search.enumeration import TooManyCombinations
from sweeps_app.search.problems import Report
from sweeps_app.search.space import Space

_PATH = "constraints"
_MANY_POINTS = 1_000_000


def check_feasible(report: Report, space: Space) -> None:
    """Report each component of which no point satisfies the constraints, or none was found."""
    for component in space.components:
        if not component.constraints:
            continue
        if component.known_point is None:
            _report_empty(report, component)
        elif component.is_rare and component.allowed_points is None:
            message = f"less than one point in 1,000 satisfies {_sources(component)}: suggestions will crowd together"
            report.warn(_PATH, message, "rare")


def check_grid(report: Report, space: Space) -> None:
    """Report each parameter that has no grid, and a grid that has no point or cannot be checked for one."""
    without = [parameter for parameter in space.parameters if parameter.distribution.grid_values() is None]
    for parameter in without:
        path = f"parameters.{'.parameters.'.join(parameter.path)}"
        message = f"{parameter.law} has no grid: method grid takes constant, categorical, int_uniform and q_uniform"
        report.error(path, message, "no_grid")
    if without:
        return
    try:
        grid = space.grid
    except TooManyCombinations as error:
        report.error(_PATH if space.constraints else "parameters", f"link too much: {error}", "too_many_combinations")
        return
    if grid is None:
        return
    for component in grid.empty():
        report.error(_PATH, f"no grid point of {component.names} satisfies {_sources(component)}", "infeasible")
    if grid.count > _MANY_POINTS:
        report.warn(
            "parameters", f"the grid has more than {_MANY_POINTS:,} points: random may serve better", "large_grid"
        )


def _report_empty(report: Report, component: Component) -> None:
    if component.allowed_points is not None:
        report.error(_PATH, f"no combination of {component.names} satisfies {_sources(component)}", "infeasible")
        return
    message = (
        f"none of {PROOF_TRIES:,} points tried satisfies {_sources(component)}: "
        "widen the ranges, or compute one parameter from the others in the script"
    )
    report.error(_PATH, message, "infeasible")


def _sources(component: Component) -> str:
    return " and ".join(f"`{constraint.source}`" for constraint in component.constraints)


def check_cmaes(report: Report, space: Space) -> None:
    """Report what `check_feasible` does, and warn of categories: CMA-ES walks through them in the order listed."""
    check_feasible(report, space)
    for parameter in space.parameters:
        if parameter.kind == "category" and len(parameter.distribution.atoms() or ()) > 2:
            path = f"parameters.{'.parameters.'.join(parameter.path)}"
            message = "cmaes takes the values as steps in the order listed: list them by size, or choose tpe or bayes"
            report.warn(path, message, "ordered_values")
