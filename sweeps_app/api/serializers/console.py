"""The output of a run. The shape of a batch documents; the view reads lines without a serializer, which would cost
more than storing them.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sweeps_app.api.fields import MAX_INT64, Choice, Integer
from sweeps_app.api.serializers.base import Input, Query
from sweeps_app.columns.lines import STREAMS
from sweeps_app.services.console import MAX_LINE, MAX_LINES

MAX_PAGE_LINES = 10_000
MAX_SEARCH = 1_000


@extend_schema_field(
    {
        "type": "array",
        "prefixItems": [
            {"type": "number", "minimum": 0},
            {"type": "string", "enum": list(STREAMS)},
            {"type": "string", "maxLength": MAX_LINE},
        ],
        "minItems": 3,
        "maxItems": 3,
    }
)
class LineField(serializers.Field[Any, Any, Any, Any]):
    """A line as a list of three."""


class ConsoleAppendSerializer(Input):
    """Lines of output, both streams together, and where in the run's output they begin."""

    offset = Integer(min_value=0, max_value=MAX_INT64, help_text="How many lines of the run come before this batch.")
    lines = serializers.ListField(
        child=LineField(),
        max_length=MAX_LINES,
        help_text="Each a list of the time in seconds since 1970, the stream, and the text without its newline.",
    )


class ConsoleAppendedSerializer(serializers.Serializer[Any]):
    """What the server has now."""

    lines = serializers.IntegerField(help_text="Lines of the run that are stored: the next offset.")
    stop = serializers.BooleanField(help_text="The run is asked to end itself.")


class ConsoleQuery(Query):
    """Which lines."""

    search = serializers.CharField(
        default="", allow_blank=True, trim_whitespace=False, max_length=MAX_SEARCH, help_text="In upper or lower case."
    )
    stream = Choice(STREAMS, default="", allow_blank=True)
    after = serializers.IntegerField(
        min_value=-1, max_value=MAX_INT64, default=-1, help_text="The `next_after` of the answer before."
    )
    limit = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_LINES, default=1000)
    tail = serializers.IntegerField(
        min_value=1,
        max_value=MAX_PAGE_LINES,
        required=False,
        help_text="So many lines from the end, instead of `after` and `limit`.",
    )


class ConsoleLineSerializer(serializers.Serializer[Any]):
    """A line; `text` holds what the program wrote, colours included."""

    number = serializers.IntegerField(help_text="From 0.")
    timestamp = serializers.FloatField(help_text="Seconds since 1970, exact to a microsecond.")
    stream = serializers.ChoiceField(STREAMS)
    text = serializers.CharField()


class ConsolePageSerializer(serializers.Serializer[Any]):
    """Lines in the order in which they came."""

    lines = ConsoleLineSerializer(many=True)
    next_after = serializers.IntegerField(allow_null=True, help_text="Send it as `after` to go on; null at the end.")
    total = serializers.IntegerField(help_text="Lines of the whole run.")
