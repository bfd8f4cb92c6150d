"""The history of a run. These shapes document; views read and write rows without a serializer, which would cost
more than storing them.
"""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.fields import MAX_INT64, Integer, JsonObject
from sweeps_app.api.serializers.base import Input, Query
from sweeps_app.services.ingest import MAX_ROWS

MAX_PAGE_ROWS = 10_000


class HistoryAppendSerializer(Input):
    """A batch of rows, and where in the run's history it begins."""

    offset = Integer(min_value=0, max_value=MAX_INT64, help_text="How many rows of the run come before this batch.")
    rows = serializers.ListField(
        child=JsonObject(), max_length=MAX_ROWS, help_text="Each an object of metric names and values."
    )
    summary = JsonObject(required=False, allow_null=True, help_text="Values set by hand; logged ones yield to them.")


class HistoryAppendedSerializer(serializers.Serializer[Any]):
    """What the server has now."""

    rows = serializers.IntegerField(help_text="Rows of the run that are stored: the next offset.")
    stop = serializers.BooleanField(help_text="The run is asked to end itself.")


class HistoryQuery(Query):
    """Which rows."""

    metrics = serializers.CharField(
        default="", allow_blank=True, max_length=100_000, help_text="Comma-separated names. Default: all."
    )
    min_step = serializers.IntegerField(min_value=-MAX_INT64, max_value=MAX_INT64, required=False)
    max_step = serializers.IntegerField(min_value=-MAX_INT64, max_value=MAX_INT64, required=False)
    after = serializers.IntegerField(
        min_value=-1, max_value=MAX_INT64, default=-1, help_text="The `next_after` of the answer before."
    )
    limit = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_ROWS, default=1000)


class HistoryPageSerializer(serializers.Serializer[Any]):
    """Rows in the order in which they came."""

    rows = serializers.ListField(child=JsonObject())
    next_after = serializers.IntegerField(allow_null=True, help_text="Send it as `after` to go on; null at the end.")
    total = serializers.IntegerField(help_text="Rows of the whole run.")


class MetricSerializer(serializers.Serializer[Any]):
    """Figures of one metric over the whole run; null where there is no such finite number."""

    name = serializers.CharField()
    count = serializers.IntegerField()
    last = serializers.FloatField(allow_null=True)
    last_step = serializers.IntegerField(allow_null=True)
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)


class CurveQuery(Query):
    """Which curve."""

    metric = serializers.CharField(max_length=255, trim_whitespace=False)


class CurveSerializer(serializers.Serializer[Any]):
    """A curve of bounded size that keeps every extreme value."""

    steps = serializers.ListField(child=serializers.IntegerField())
    values = serializers.ListField(child=serializers.FloatField())
