"""The tools whose pages are measured: how each is filled and started, and where in its pages things are."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peers import environment_of, peer_server
from benchmarks.server import Server, running_server

HERE = Path(__file__).resolve().parent
_DRAWN = """() => {
  const charts = [...document.querySelectorAll("[data-chart-state]")];
  return charts.length > 0 && charts.every((chart) => !chart.checkVisibility() || chart.dataset.chartState === "drawn");
}"""
_FILTER = """
  document.getElementById("query").value = "lr < 1e-3 and optimizer = adam";
  document.getElementById("runs-query").requestSubmit();
"""
MLFLOW, OPTUNA = ("mlflow==3.17.2",), ("optuna-dashboard==0.21.0", "optuna==5.0.0")


@dataclass(frozen=True)
class Tool:
    """A tool that runs, filled with runs: where in its pages things are, and how a viewer asks for others.

    `table` and `charts` are addresses; `rows` selects the rows of the table, which is not measured where it is empty;
    `drawn` is a script that says whether all charts are drawn. `ask` has, by the name of the figure, scripts that ask
    for other rows. `brush` drags over an axis and returns the frames a second. `idle` is what an open page asks for
    while nothing is new, `data` is where the values of all runs come from, with `body` where that is posted.
    """

    table: str
    charts: str
    rows: str
    drawn: str
    ask: dict[str, str] = field(default_factory=dict)
    brush: str = ""
    idle: str = ""
    data: str = ""
    body: dict[str, object] | None = None
    cookies: dict[str, str] = field(default_factory=dict)


@contextmanager
def filled_server(runs: int) -> Iterator[tuple[Server, dict[str, str]]]:
    """Start our server, as `make run` does, with a sweep of so many runs; yield it, the page's path and a session."""
    with running_server() as server:
        env = {**os.environ, "SWEEPDECK_DATA_DIR": str(server.data)}
        yield server, _printed([sys.executable, str(HERE / "sweepdeck_fill.py"), str(runs)], env)


@contextmanager
def sweepdeck(runs: int, _folder: Path) -> Iterator[Tool]:
    """Ours."""
    with filled_server(runs) as (server, found):
        page = server.url + found["path"]
        yield Tool(
            table=page,
            charts=page,
            rows="#runs tbody tr[data-run]",
            drawn=_DRAWN,
            ask={
                "sort by a metric": "document.querySelector('th[data-key=\"summary.accuracy\"] a').click()",
                "sort by a parameter": "document.querySelector('th[data-key=\"config.lr\"] a').click()",
                "next page": "document.getElementById('page-next').click()",
                "filter": _FILTER,
            },
            brush=_script("sweepdeck_brush"),
            idle=f"{page}?fragments=1",
            data=f"{page}/parallel.json",
            cookies={"sessionid": found["session"]},
        )


@contextmanager
def mlflow(runs: int, folder: Path) -> Iterator[Tool]:
    """MLflow's server with one process."""
    python = environment_of(MLFLOW, folder)
    with _database() as database:
        found = _printed([str(python), str(HERE / "mlflow_fill.py"), str(runs), str(database)])
        store = f"sqlite:///{database}"
        command = [str(python.parent / "mlflow"), "server", "--backend-store-uri", store, "--workers", "1"]
        with peer_server(command, "/health", MLFLOW_DISABLE_TELEMETRY="true") as url:
            page = f"{url}/#/experiments/{found['experiment']}/runs"
            yield Tool(
                table=page,
                charts=f"{page}?compareRunsMode=CHART",
                rows=".ag-pinned-left-cols-container [row-index='0']",
                drawn="() => document.querySelectorAll('.js-plotly-plot .main-svg .trace').length >= 3",
                ask={"sort by a metric": _script("mlflow_sort")},
                data=f"{url}/ajax-api/2.0/mlflow/runs/search",
                body={"experiment_ids": [found["experiment"]], "max_results": 1000},
            )


@contextmanager
def optuna(runs: int, folder: Path) -> Iterator[Tool]:
    """optuna-dashboard; its table stayed empty here, and of its two pages of charts the first is taken."""
    python = environment_of(OPTUNA, folder)
    with _database() as database:
        found = _printed([str(python), str(HERE / "optuna_fill.py"), str(runs), str(database)])
        with peer_server([str(python.parent / "optuna-dashboard"), f"sqlite:///{database}"], "/dashboard") as url:
            page = f"{url}/dashboard/studies/{found['study']}"
            yield Tool(
                table=page,
                charts=page,
                rows="",
                drawn="() => document.querySelectorAll('.js-plotly-plot .main-svg .trace').length >= 3",
                idle=f"{url}/api/studies/{found['study']}?after={runs}",
                data=f"{url}/api/studies/{found['study']}?after=0",
            )


TOOLS = {"sweepdeck": sweepdeck, "mlflow": mlflow, "optuna": optuna}


def _script(name: str) -> str:
    return (HERE / f"{name}.js").read_text()


def _printed(command: list[str], env: dict[str, str] | None = None) -> dict[str, str]:
    """Run a command that prints JSON in its last line."""
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def _database() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sweepdeck-pages-"))
    try:
        yield folder / "peer.db"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
