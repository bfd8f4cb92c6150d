"""Runs that wandb has written offline: folders `offline-run-*`, each with a log of what the script has said."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sweeps_app.errors import InvalidInput
from sweeps_app.importers.source import ConsoleLine, SourceRun
from sweeps_app.importers.wandb_log import Message, log_messages, typed_value

# Fields of a record: what it is. Of the others a run has no use.
_HISTORY, _SUMMARY, _OUTPUT, _CONFIG, _STATS, _RAW_OUTPUT, _RUN, _EXIT, _ENVIRONMENT = 2, 3, 4, 5, 7, 13, 17, 18, 26
_STDOUT = 1
_OWN = "_wandb"


@dataclass
class _Facts:
    """What a log says of its run, the last word on each."""

    run: Message = field(default_factory=lambda: Message({}))
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    logged: dict[str, Any] = field(default_factory=dict)
    program: str = ""
    exit_code: int | None = None
    ended: float | None = None


@dataclass(frozen=True)
class WandbRun:
    """A run and the project that its script has named."""

    project: str
    run: SourceRun


def wandb_logs(folder: Path) -> list[Path]:
    """Return the logs of a folder `wandb`, or of one run's folder, in the order of their names.

    Raises `InvalidInput` where there is none.
    """
    found = {path.resolve() for pattern in ("*.wandb", "*run-*/*.wandb") for path in folder.glob(pattern)}
    if not found:
        raise InvalidInput.of("folder", f"{folder} holds no run: give the folder `wandb`, or an offline-run-* in it")
    return sorted(found)


def wandb_run(path: Path) -> WandbRun:
    """Return the run of a log; its rows, output and system metrics are read from the file when they are asked for."""
    facts = _facts(path)
    run = facts.run
    if not run.text(1):
        raise InvalidInput.of("file", f"{path} does not say which run it is")
    started = _moment(run.message(17))
    ended = None if facts.ended is None else datetime.fromtimestamp(facts.ended, UTC)
    return WandbRun(
        run.text(3),
        SourceRun(
            key=run.text(1),
            name=run.text(8),
            state="running" if facts.exit_code is None else "failed" if facts.exit_code else "finished",
            config=facts.config,
            summary={name: value for name, value in facts.summary.items() if not _is_same(facts.logged, name, value)},
            rows=_rows(path),
            system=_system(path),
            console=_lines(path),
            tags=tuple(run.texts(10)),
            notes=run.text(9),
            group=run.text(6),
            job_type=run.text(7),
            host=run.text(13),
            program=facts.program,
            exit_code=facts.exit_code,
            started_at=started,
            finished_at=max(ended, started) if ended and started else ended,
        ),
    )


def _facts(path: Path) -> _Facts:
    facts = _Facts()
    for message in log_messages(path):
        if message.has(_RUN):
            facts.run = message.message(_RUN)
            facts.config |= _items(facts.run.message(4))
            facts.summary |= _items(facts.run.message(5))
        elif message.has(_CONFIG):
            _update(facts.config, message.message(_CONFIG))
        elif message.has(_SUMMARY):
            _update(facts.summary, message.message(_SUMMARY))
        elif message.has(_HISTORY):
            facts.logged |= _row(message.message(_HISTORY))
        elif message.has(_ENVIRONMENT):
            facts.program = message.message(_ENVIRONMENT).text(6) or facts.program
        elif message.has(_EXIT):
            ending = message.message(_EXIT)
            facts.exit_code = ending.integer(1)
            start = _moment(facts.run.message(17))
            facts.ended = (start + timedelta(seconds=ending.integer(2))).timestamp() if start else None
    if isinstance(facts.logged.get("_timestamp"), float) and facts.exit_code is not None:
        facts.ended = max(facts.ended or 0.0, facts.logged["_timestamp"])
    return facts


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return (_row(message.message(_HISTORY)) for message in log_messages(path) if message.has(_HISTORY))


def _row(history: Message) -> dict[str, Any]:
    row = _items(history)
    step = history.message(2)
    return row | ({"_step": step.integer(1)} if "_step" not in row else {})


def _system(path: Path) -> Iterator[dict[str, Any]]:
    for message in log_messages(path):
        if message.has(_STATS):
            stats = message.message(_STATS)
            measured = {item.text(1): typed_value(item) for item in stats.messages(3)}
            yield measured | {"_timestamp": _seconds(stats.message(2))}


def _lines(path: Path) -> Iterator[ConsoleLine]:
    """Yield whole lines; what a script prints comes in pieces, of both streams in turn."""
    open_lines = {"stdout": "", "stderr": ""}
    time = 0.0
    for message in log_messages(path):
        number = _RAW_OUTPUT if message.has(_RAW_OUTPUT) else _OUTPUT
        if not message.has(number):
            continue
        output = message.message(number)
        stream = "stdout" if output.integer(1) == _STDOUT else "stderr"
        time = _seconds(output.message(2))
        *whole, open_lines[stream] = (open_lines[stream] + output.text(3).replace("\r\n", "\n")).split("\n")
        yield from (ConsoleLine(time, stream, text.replace("\x00", "")) for text in whole)
    for stream, text in open_lines.items():
        if text:
            yield ConsoleLine(time, stream, text.replace("\x00", ""))


def _update(known: dict[str, Any], record: Message) -> None:
    for item in record.messages(2):
        known.pop(_name(item), None)
    known |= _items(record)


def _items(record: Message) -> dict[str, Any]:
    """Return what a record says by dotted name, without what wandb notes for itself."""
    found = ((_name(item), item) for item in record.messages(1))
    return {name: typed_value(item) for name, item in found if name.split(".")[0] != _OWN}


def _name(item: Message) -> str:
    return item.text(1) or ".".join(item.texts(2))


def _is_same(logged: dict[str, Any], name: str, value: Any) -> bool:
    """Tell whether a value of the summary is just the last one logged, as it is in ours."""
    if name not in logged:
        return name == "_runtime"
    last = logged[name]
    return bool(last == value) or (isinstance(last, float) and math.isnan(last))


def _seconds(timestamp: Message) -> float:
    return timestamp.integer(1) + timestamp.integer(2) / 1e9


def _moment(timestamp: Message) -> datetime | None:
    return datetime.fromtimestamp(_seconds(timestamp), UTC) if timestamp.has(1) else None
