"""Is what an archive says of a row something that the database may hold, and the server can read?"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, JSONField, Model
from django.utils import timezone

from sweeps_app.columns.codec import decode, unpacked_size
from sweeps_app.columns.grouping import MOST_UNPACKED
from sweeps_app.columns.lines import Lines
from sweeps_app.columns.series import Series
from sweeps_app.errors import InvalidInput
from sweeps_app.json_values import storable
from sweeps_app.models import ConsoleChunk
from sweeps_app.services.archive.container import Record
from sweeps_app.services.archive.tables import Table

_KINDS: dict[str, type | tuple[type, ...]] = {"CharField": str, "TextField": str, "FloatField": (int, float)}
_KINDS |= {"DateTimeField": str, "BooleanField": bool}


def damaged(place: str, message: str) -> InvalidInput:
    """Return the error for a member or record of an archive."""
    return InvalidInput.of("archive", f"is damaged: {place} {message}")


def checked_fields(table: Table, record: Record, place: str, version: int) -> dict[str, Any]:
    """Return the values of a record's fields, each of the type that its column has."""
    fields = table.fields_of(version)
    expected = {*fields, *table.references}
    if set(record) != expected:
        odd = ", ".join(sorted(set(record) ^ expected)[:5])
        raise damaged(place, f"has other fields than version {version} of the format: {odd}")
    return {name: _checked(table.model, name, record[name], place) for name in fields}


def _checked(model: type[Model], name: str, value: Any, place: str) -> Any:
    column = model._meta.get_field(name)
    if isinstance(column, JSONField):
        return _checked_json(column, value, place)
    # What a form has to fill in may be empty in the database.
    if (value is None and column.null) or (value == "" and not column.choices):  # type: ignore[union-attr]
        return value
    kind = _KINDS.get(column.get_internal_type(), int)
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise damaged(place, f"has no such value of {name}: {value!r:.50}")
    try:
        cleaned = column.clean(storable(value, name), None)  # type: ignore[union-attr]
    except (ValidationError, OverflowError) as error:
        told = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        raise damaged(place, f"has no such value of {name}: {told}") from None
    if isinstance(column, DateTimeField) and cleaned is not None and timezone.is_naive(cleaned):
        raise damaged(place, f"has a time without its zone: {name}")
    return cleaned


def _checked_json(column: Any, value: Any, place: str) -> Any:
    kind = type(column.get_default()) if column.has_default() else dict
    if not isinstance(value, kind):
        raise damaged(place, f"has no such value of {column.name}")
    return storable(value, column.name)


def checked_data(row: Any, data: bytes, place: str) -> bytes:
    """Return the bytes of a frame, unless they are no chunk or curve."""
    try:
        if isinstance(row, ConsoleChunk):
            is_right = len(Lines.from_bytes(data)) == row.lines
        elif hasattr(row, "series"):
            is_right = Series.from_bytes(data) is not None
        else:
            is_right = _extent(data) == (row.first_row, row.rows)
    except ValueError as error:
        raise damaged(place, f"is {error}") from None
    if not is_right:
        raise damaged(place, "says another number of rows than its bytes")
    return data


def _extent(data: bytes) -> tuple[int, int]:
    """Return first row and rows of a chunk, of whose columns none is read; raises `ValueError`."""
    if unpacked_size(data) > MOST_UNPACKED:
        raise ValueError(f"a chunk of history that swells to more than {MOST_UNPACKED:,} bytes")
    columns = decode(data, ())
    return columns.first_row, len(columns)
