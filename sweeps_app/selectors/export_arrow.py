"""Exports in the formats of Apache Arrow; imported when the first of them is asked for."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sweeps_app.columns.arrow import Types, record_batch
from sweeps_app.models import Run
from sweeps_app.selectors.export import blocks_of, names_of
from sweeps_app.selectors.history import Part
from sweeps_app.selectors.streams import Stream


def rows_arrow(run: Run, stream: Stream, part: Part) -> Iterator[bytes]:
    """Yield a part of a stream in Arrow's streaming format (`sweeps_app/columns/arrow.py`)."""
    yield from _written(run, stream, part, pa.ipc.new_stream)


def rows_parquet(run: Run, stream: Stream, part: Part) -> Iterator[bytes]:
    """Yield a part of a stream as a Parquet file."""
    yield from _written(run, stream, part, lambda sink, schema: pq.ParquetWriter(sink, schema, compression="zstd"))


class Sink:
    """A file that keeps what is written to it until it is taken."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: Any) -> int:
        """Keep bytes."""
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Say that nothing will follow."""
        self.closed = True

    def take(self) -> bytes:
        """Return what has been written since the last time."""
        taken, self._parts = b"".join(self._parts), []
        return taken


def _written(run: Run, stream: Stream, part: Part, writer_of: Callable[[Any, Any], Any]) -> Iterator[bytes]:
    names, types, sink = names_of(run, stream, part), Types(), Sink()
    for block in blocks_of(run, stream, part, names):
        types.note(block)
    schema = types.schema(names)
    writer = writer_of(pa.PythonFile(sink, mode="w"), schema)
    for block in blocks_of(run, stream, part, names):
        writer.write_batch(record_batch(block, schema))
        yield sink.take()
    writer.close()
    yield sink.take()
