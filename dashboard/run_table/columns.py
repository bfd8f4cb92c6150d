"""Which columns a table has where the view does not say it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sweeps_app.columns.media import without_media
from sweeps_app.models import Run, Sweep
from sweeps_app.query.columns import Column, column_of
from sweeps_app.selectors.run_scope import Path, RunScope
from sweeps_app.services.summary import flattened

MAX_SUMMARY_COLUMNS = 12
MAX_CONFIG_COLUMNS = 24


class Shown(NamedTuple):
    """Columns in their order; `notes` tell by origin how many are shown when not all are."""

    columns: list[Column]
    notes: dict[str, str]


def default_columns(scope: RunScope, sweep: Sweep | None, runs: Sequence[Run]) -> Shown:
    """Return the columns for the runs of a page: of a sweep the metric first and what varies before what does not."""
    metrics = _commonest(run.summary for run in runs)
    if sweep is not None and sweep.metric_name:
        metrics = [sweep.metric_name, *(name for name in metrics if name != sweep.metric_name)]
    names = _parameters(sweep, scope.paths) if sweep else _commonest(flattened(run.config) for run in runs)
    shown = [
        *_fields("name", "state", *(() if sweep else ("sweep",))),
        *(Column("summary", name) for name in metrics[:MAX_SUMMARY_COLUMNS]),
        *(Column("config", name) for name in names[:MAX_CONFIG_COLUMNS]),
        *_fields("runtime", "created_at"),
    ]
    notes = {"Summary": _note(metrics, MAX_SUMMARY_COLUMNS), "Config": _note(names, MAX_CONFIG_COLUMNS)}
    return Shown([column for column in shown if column_of(column.key)], notes)


def _fields(*keys: str) -> list[Column]:
    return [Column("field", key) for key in keys]


def _note(names: Sequence[str], limit: int) -> str:
    return f"{limit} of {len(names)}" if len(names) > limit else ""


def _parameters(sweep: Sweep, paths: Mapping[str, Path]) -> list[str]:
    varying = [name for name, path in paths.items() if not _is_constant(sweep.config, path)]
    return [*varying, *(name for name in paths if name not in varying)]


def _is_constant(config: Mapping[str, Any], path: Path) -> bool:
    parameter: Any = config
    for part in path:
        parameter = (parameter.get("parameters") or {}).get(part) or {}
    return "value" in parameter or len(parameter.get("values") or (0, 0)) == 1


def _commonest(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names that occur, the commonest first and otherwise in the order of their appearance."""
    counted = Counter(name for row in rows for name in without_media(row) if not name.startswith("_"))
    return [name for name, _ in counted.most_common()]
