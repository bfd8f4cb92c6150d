"""The history of a run as compressed columns: parse rows, encode chunks, keep curves and figures of bounded size."""

from sweeps_app.columns.codec import CodecError, decode, encode
from sweeps_app.columns.rows import RowError, last_values, parse_rows, to_rows
from sweeps_app.columns.series import Series
from sweeps_app.columns.stats import MetricStats
from sweeps_app.columns.table import Column, Columns, Kind, merge
from sweeps_app.columns.wire import WireBatch, WireError, read_batch

__all__ = [
    "CodecError",
    "Column",
    "Columns",
    "Kind",
    "MetricStats",
    "RowError",
    "Series",
    "WireBatch",
    "WireError",
    "decode",
    "encode",
    "last_values",
    "merge",
    "parse_rows",
    "read_batch",
    "to_rows",
]
