import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sweeps_app.query.columns import FIELDS
from tests.dashboard.world import add_runs


def _queries(page, path):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert page.get(path).status_code == 200
    return len(found)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "{project}",
        "{sweep}",
        "{sweep}?sort=-config.lr&state=finished&text=run&page=2",
        "{sweep}?columns={columns}",
        "{project}?columns={columns}",
        "{sweep}/parallel.json",
        "{sweep}/objective.json",
        "{sweep}/curves.json?metric=loss",
        "{sweep}/objective.csv",
        "{sweep}/slice.json",
        "{sweep}/contour.json",
        "{sweep}/pareto.json",
        "{sweep}/hypervolume.json",
        "{sweep}/timeline.json",
    ],
)
def test_the_number_of_queries_does_not_depend_on_the_number_of_runs(page, world, path):
    path = path.format(project=world.project_path, sweep=world.sweep_path, columns=",".join([*FIELDS, "config.lr"]))
    few = _queries(page, path)
    add_runs(world.sweep, 300)
    assert _queries(page, path) == few
    assert few <= 29


def test_a_page_with_a_filter_counts_once_more_and_looks_for_names(page, world):
    page.get(world.sweep_path)  # what its ended runs have cost is known from now on
    assert _queries(page, f"{world.sweep_path}?query=lr<1") <= _queries(page, world.sweep_path) + 3
