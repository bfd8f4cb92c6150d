"""What a run has logged, and what was measured of its machine: the same rows for clients of every version."""

from typing import Any

from sweeps_app.errors import InvalidInput
from sweeps_app.models import Run
from sweeps_app.selectors.history import Part, history_page, run_metrics
from sweeps_app.selectors.samples import sampled_rows
from sweeps_app.selectors.streams import HISTORY, SYSTEM, Stream
from sweeps_app.wandb_api.binding import resolves
from sweeps_app.wandb_api.context import Context
from sweeps_app.wandb_api.translation.history import write_row
from sweeps_app.wandb_api.translation.machine import write_sample
from sweeps_app.wandb_api.translation.values import read_object, write_json

DEFAULT_SAMPLES = 500
MAX_SAMPLES = 100_000


@resolves("Run", "history")
def history(
    run: Run, _: Context, min_step: int | None = None, max_step: int | None = None, samples: int | None = None
) -> list[str]:
    """Return rows as JSON texts: those of the steps from `minStep` to before `maxStep`, or a sample of all."""
    if min_step is None and max_step is None:
        return [write_json(write_row(row)) for row in sampled_rows(run, HISTORY, None, _count(samples))]
    part = Part(min_step=min_step, max_step=None if max_step is None else max_step - 1)
    rows = history_page(run, part=part, limit=_count(samples)).rows
    return [write_json(write_row(row)) for row in rows]


@resolves("Run", "sampledHistory")
def sampled_history(run: Run, _: Context, specs: list[str]) -> list[list[dict[str, Any]]]:
    """Return for each spec the rows that have all of its keys, as many as it asks for."""
    return [_spec_rows(run, read_object(spec, "specs")) for spec in specs]


@resolves("Run", "events")
def events(run: Run, _: Context, samples: int | None = None) -> list[str]:
    """Return a sample of what was measured of the machine."""
    rows = sampled_rows(run, SYSTEM, None, _count(samples))
    return [write_json(write_sample(_without_step(write_row(row)))) for row in rows]


@resolves("Run", "parquetHistory")
def parquet_history(_: Run, __: Context, live_keys: list[str]) -> dict[str, list[Any]]:
    """Return that there is nothing but what the other fields return."""
    del live_keys
    return {"parquetUrls": [], "liveData": []}


@resolves("Run", "historyKeys")
def history_keys(run: Run, _: Context) -> dict[str, Any] | None:
    """Return the names of what was logged, with the last numbers."""
    if not run.history_rows:
        return None
    keys = {
        metric.name: {
            "typeCounts": [{"type": "number" if metric.last is not None else "string", "count": metric.count}],
            "monotonic": False,
            "previousValue": metric.last,
        }
        for metric in run_metrics(run)
    }
    step = {"typeCounts": [{"type": "number", "count": run.history_rows}], "monotonic": True}
    return {"sets": [], "keys": keys | {"_step": step | {"previousValue": run.last_step}}, "lastStep": run.last_step}


@resolves("Run", "historyTail")
def history_tail(run: Run, _: Context) -> str:
    """Return the last row, as a JSON list of a JSON text."""
    return write_json([write_json(write_row(row)) for row in _last(run, HISTORY)])


@resolves("Run", "eventsTail")
def events_tail(run: Run, _: Context) -> str:
    """Return what was measured last, as a JSON list of a JSON text."""
    return write_json([write_json(write_sample(_without_step(row))) for row in _last(run, SYSTEM)])


def _last(run: Run, stream: Stream) -> list[dict[str, Any]]:
    count = stream.rows(run)
    return history_page(run, stream=stream, after=count - 2, limit=1).rows if count else []


def _spec_rows(run: Run, spec: dict[str, Any]) -> list[dict[str, Any]]:
    keys = spec.get("keys") or []
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise InvalidInput.of("specs.keys", "must be a list of names")
    if not keys:
        return []
    count = _count(spec.get("samples"))
    return [write_row(row) for row in sampled_rows(run, HISTORY, keys, count, _steps(spec, count))]


def _steps(spec: dict[str, Any], count: int) -> Part:
    """Return the steps of a spec. Older clients end a page where the next one begins, newer ones a step before it."""
    low, high = (spec[name] if isinstance(spec.get(name), int) else None for name in ("minStep", "maxStep"))
    is_beyond = high is not None and high - (low or 0) >= count
    return Part(min_step=low, max_step=high - 1 if high is not None and is_beyond else high)


def _count(samples: Any) -> int:
    is_count = isinstance(samples, int) and samples > 0
    return min(samples, MAX_SAMPLES) if is_count else DEFAULT_SAMPLES


def _without_step(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "_step"}
