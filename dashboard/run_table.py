"""The table of runs: its columns, its cells, and the addresses that sort and page it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest

from dashboard.formatting import NOTHING, exact_text, number, value_text
from dashboard.views.page import address, whole_number
from sweeps_app.models import Run, Sweep
from sweeps_app.selectors.runs import RunPage, RunQuery, run_page
from sweeps_app.selectors.sweeps import parameter_paths
from sweeps_app.services.summary import flattened

PAGE_SIZE = 50
PAGE_SIZES = (25, 50, 100, 200)
MAX_CELL = 40
MAX_SUMMARY_COLUMNS = 12
MAX_CONFIG_COLUMNS = 24

Path = tuple[str, ...]


class Cell(NamedTuple):
    """What a run has in a column: a short text, and the value with every digit where that is more."""

    text: str
    exact: str
    is_number: bool
    is_absent: bool


class Column(NamedTuple):
    """A column; `order` is what `aria-sort` says, `url` sorts by it, or the other way where it is sorted already."""

    key: str
    label: str
    is_number: bool
    order: str
    url: str


class Group(NamedTuple):
    """Neighbouring columns of one origin; `note` says how many there are when not all are shown."""

    label: str
    columns: list[Column]
    note: str


class Row(NamedTuple):
    """A run with the cells of all groups, in the order of their columns; `starts` counts those of the first group."""

    run: Run
    url: str
    sweep_url: str
    summary: list[Cell]
    config: list[Cell]


class RunTable(NamedTuple):
    """Everything that the table's template shows."""

    page: RunPage
    query: RunQuery
    fixed: dict[str, Column]
    summary: Group
    config: Group
    rows: list[Row]
    states: list[tuple[str, str]]
    sizes: tuple[int, ...]
    first: int
    last: int


def read_query(request: HttpRequest, paths: Mapping[str, Path] | None = None) -> RunQuery:
    """Return what the address asks the table for."""
    size = whole_number(request, "size", PAGE_SIZE)
    return RunQuery(
        sort=request.GET.get("sort", ""),
        text=request.GET.get("text", "").strip(),
        state=request.GET.get("state", ""),
        page=whole_number(request, "page", 1),
        page_size=size if size in PAGE_SIZES else PAGE_SIZE,
        paths=paths,
    )


def sweep_table(request: HttpRequest, sweep: Sweep, runs: QuerySet[Run]) -> RunTable:
    """Return the table of a sweep's runs: its metric first, and its parameters in the order of their names.

    Raises `InvalidInput` for a sort key or a state that does not exist.
    """
    paths = parameter_paths(sweep)
    varying = [name for name, path in paths.items() if not _is_constant(sweep.config, path)]
    names = [*varying, *(name for name in paths if name not in varying)]
    return _table(request, runs, read_query(request, paths), names, sweep.metric_name)


def project_table(request: HttpRequest, runs: QuerySet[Run]) -> RunTable:
    """Return the table of any runs; its columns are the commonest names on its page. Raises as `sweep_table` does."""
    return _table(request, runs, read_query(request), None, "")


def _table(
    request: HttpRequest, runs: QuerySet[Run], query: RunQuery, parameters: list[str] | None, metric: str
) -> RunTable:
    page = run_page(runs, query)
    paths = query.paths or {}
    configs = [_by_name(run.config, paths) for run in page.runs]
    names = parameters if parameters is not None else _commonest(configs)
    metrics = _metrics_first(metric, _commonest([run.summary for run in page.runs]))
    summary = [
        [_cell(run.summary, name, keep_zeros=True) for name in metrics[:MAX_SUMMARY_COLUMNS]] for run in page.runs
    ]
    config = [[_cell(values, name) for name in names[:MAX_CONFIG_COLUMNS]] for values in configs]
    column = _Columns(request, query)
    groups = (
        column.group("Summary", metrics, summary, metric, MAX_SUMMARY_COLUMNS),
        column.group("Config", names, config, "", MAX_CONFIG_COLUMNS),
    )
    first = (page.page - 1) * page.page_size
    return RunTable(
        page=page,
        query=query,
        fixed={key: column.of(key, label) for key, label in _FIXED.items()},
        summary=groups[0],
        config=groups[1],
        rows=[
            Row(run, *_addresses(run), _aligned(cells, groups[0]), _aligned(values, groups[1]))
            for run, cells, values in zip(page.runs, summary, config, strict=True)
        ],
        states=list(Run.State.choices),
        sizes=PAGE_SIZES,
        first=min(first + 1, page.count),
        last=first + len(page.runs),
    )


_FIXED = {"name": "Run", "state": "State", "runtime": "Runtime", "created_at": "Created"}


class _Columns:
    """Makes columns that know how the table is sorted now."""

    def __init__(self, request: HttpRequest, query: RunQuery) -> None:
        self._parameters = request.GET.copy()
        for name in ("fragments", "page"):
            self._parameters.pop(name, None)
        first = (query.sort or "-created_at").split(",")[0].strip()
        self._key, self._descends = first.removeprefix("-"), first.startswith("-")

    def of(self, key: str, label: str, *, is_number: bool = False) -> Column:
        is_sorted = key == self._key
        order = "none" if not is_sorted else "descending" if self._descends else "ascending"
        parameters = self._parameters.copy()
        parameters["sort"] = f"-{key}" if is_sorted and not self._descends else key
        return Column(key, label, is_number, order, f"?{parameters.urlencode()}")

    def group(self, label: str, names: Sequence[str], rows: list[list[Cell]], metric: str, limit: int) -> Group:
        shown = names[:limit]
        columns = []
        for i, name in enumerate(shown):
            key = "objective" if name == metric and metric else f"{label.lower()}.{name}"
            columns.append(self.of(key, name, is_number=any(cells[i].is_number for cells in rows)))
        note = f"{len(shown)} of {len(names)}" if len(names) > len(shown) else ""
        return Group(label, columns, note)


def _addresses(run: Run) -> tuple[str, str]:
    place = (run.project.entity.name, run.project.name)
    return address(*place, "runs", run.run_id), address(*place, "sweeps", run.sweep.sweep_id) if run.sweep else ""


def _by_name(config: Mapping[str, Any], paths: Mapping[str, Path]) -> dict[str, Any]:
    """Return a config by dotted name; a parameter whose own name holds dots is found by its path."""
    values = flattened(config)
    for name, path in paths.items():
        if name not in values or len(path) != name.count(".") + 1:
            found = _looked_up(config, path)
            if found is not None:
                values[name] = found
    return values


def _looked_up(config: Mapping[str, Any], path: Path) -> Any:
    found: Any = config
    for part in path:
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def _is_constant(config: Mapping[str, Any], path: Path) -> bool:
    parameter: Any = config
    for part in path:
        parameter = (parameter.get("parameters") or {}).get(part) or {}
    return "value" in parameter or len(parameter.get("values") or (0, 0)) == 1


def _commonest(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names that occur, the commonest first and otherwise in the order of their appearance."""
    counted = Counter(name for row in rows for name in row if not name.startswith("_"))
    return [name for name, _ in counted.most_common()]


def _metrics_first(metric: str, names: list[str]) -> list[str]:
    return [metric, *(name for name in names if name != metric)] if metric else names


def _aligned(cells: list[Cell], group: Group) -> list[Cell]:
    """Return the cells of a row, a dash like the numbers that it stands among."""
    return [
        cell._replace(is_number=cell.is_number or (cell.is_absent and column.is_number))
        for cell, column in zip(cells, group.columns, strict=True)
    ]


def _cell(values: Mapping[str, Any], name: str, *, keep_zeros: bool = False) -> Cell:
    if name not in values:
        return Cell(NOTHING, "", is_number=False, is_absent=True)
    value = values[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    text = number(value, keep_zeros=keep_zeros) if is_number else value_text(value, MAX_CELL)
    exact = exact_text(value)
    return Cell(text, exact if exact != text else "", is_number, is_absent=False)
