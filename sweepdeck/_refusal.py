"""Which part of a batch the server has refused."""

import re

from sweepdeck._errors import ApiError

_ROW = re.compile(r"(?:rows|lines)[.\[](\d+)\b")


def refused_row(error: ApiError) -> int | None:
    """Return the place of the row that a refusal names, such as 3 for `rows[3].loss`, or None where it names none."""
    places = [int(found[1]) for attribute, _, _ in error.problems if (found := _ROW.match(attribute))]
    return min(places, default=None)
