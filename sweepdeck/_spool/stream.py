"""The streams of a run: what each is called in the API, and the threads' side of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sweepdeck import _console
from sweepdeck._spool.journal import Journal
from sweepdeck._spool.records import HEAD, ROW, framed
from sweepdeck._spool.shapes import Shape, Shapes
from sweepdeck._spool.store import Store


@dataclass(frozen=True)
class Kind:
    """A kind of stream: `name` in the spool's folder, `endpoint` after the run's path, `items` in requests and answers.

    `base` is where a spool's description has how many rows the run had before, `counter` where the server's has it.
    A batch is sent every `seconds`. A stream that `is_patient` rather waits for room than loses a row.
    """

    name: str
    endpoint: str
    items: str
    base: str
    counter: str
    seconds: float = 0.0
    is_patient: bool = False


HISTORY = Kind("history", "/history", "rows", base="rows", counter="history_rows", is_patient=True)
CONSOLE = Kind("console", "/console", "lines", base="console_lines", counter="console_lines", seconds=1.0)
SYSTEM = Kind("system", "/system", "rows", base="system_rows", counter="system_rows")
KINDS = (HISTORY, CONSOLE, SYSTEM)


class Stream:
    """Takes rows from all threads; `rows` counts them, `dropped` those that found no room."""

    def __init__(self, kind: Kind, store: Store, wake: Callable[[], object]) -> None:
        self.kind, self.journal = kind, Journal(store, kind.name, wake, is_patient=kind.is_patient)
        self.rows = 0
        self._shapes = Shapes()
        self._was_full_said = False

    @property
    def dropped(self) -> int:
        """How many rows found no room."""
        return self.journal.dropped

    def is_plain(self, row: Mapping[str, Any]) -> bool:
        """Tell whether a row is known to hold nothing but Python's own numbers under proper names."""
        return self._shapes.is_plain(row)

    def put_numbers(self, row: Mapping[str, Any], step: int, timestamp: float) -> Mapping[str, Any] | None:
        """Append a row of plain numbers and return it as Python numbers; None for a row that holds anything else."""
        packed = self._shapes.packed(row, step, timestamp)
        if packed is None:
            return None
        shape, record = packed
        self._keep(record, shape)
        if shape.is_plain:
            return row
        return dict(zip(shape.names, shape.body.unpack_from(record, HEAD.size)[2:], strict=True))

    def put_text(self, row: str) -> None:
        """Append a row, or an item of another kind, as JSON. Raises `ValueError` for 256 MiB."""
        self._keep(framed(ROW, row.encode()))

    def _keep(self, record: bytes, shape: Shape | None = None) -> None:
        if self.journal.put(record, shape):
            self.rows += 1
        elif not self._was_full_said and not self.journal.is_closed:
            self._was_full_said = True
            _console.warn(
                f"no room is left for {self.kind.items} that the server has not taken: further ones are dropped"
            )


class NoStream(Stream):
    """Takes everything and keeps nothing."""

    def _keep(self, record: bytes, shape: Shape | None = None) -> None:
        """Do nothing."""
