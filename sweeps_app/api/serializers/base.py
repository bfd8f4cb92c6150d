"""What the shapes of requests and answers share."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from sweeps_app.search.problems import did_you_mean


class Strict(serializers.Serializer[Any]):
    """What a client sends: a name that is not known is refused, since it is most likely a slip."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the values given; raises `ValidationError` with every problem at once."""
        problems = self._unknown(data) if isinstance(data, Mapping) else {}
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**dict(error.detail), **problems}) from None  # type: ignore[arg-type]
        if problems:
            raise ValidationError(problems)
        return values

    def _unknown(self, data: Mapping[str, Any]) -> dict[str, Any]:
        known = list(self.fields)
        return {
            name: [ErrorDetail(_no_such_field(name, known), "unknown_field")]
            for name in data
            if name not in self.fields
        }


class Input(Strict):
    """The shape of a request body."""


class Query(Strict):
    """The shape of query parameters."""


class EmptySerializer(Input):
    """An object without fields, or no body at all."""


class PageQuery(Query):
    """Which page of a list."""

    page = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, default=1, help_text="From 1; a page beyond the last is the last."
    )
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=50, help_text="At most 500.")


class PageOutput(serializers.Serializer[Any]):
    """One page of a list; subclasses add `results`."""

    count = serializers.IntegerField(help_text="Things in the whole list.")
    page = serializers.IntegerField(help_text="The number of this page, from 1.")
    pages = serializers.IntegerField(help_text="Pages of the whole list, at least 1.")


def _no_such_field(name: str, known: list[str]) -> str:
    return f"There is no such field{did_you_mean(name, known) or '; known are ' + ', '.join(known) + '.'}"
