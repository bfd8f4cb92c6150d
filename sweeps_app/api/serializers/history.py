"""The history of a run. These shapes document; views read and write rows without a serializer, which would cost
more than storing them.
"""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.fields import MAX_INT64, Integer, JsonObject
from sweeps_app.api.serializers.base import Input, Query
from sweeps_app.api.serializers.runs import RunFinishSerializer
from sweeps_app.services.ingest import MAX_ROWS

MAX_PAGE_ROWS = 10_000
MAX_CURVE_BUCKETS = 65_536


class SystemAppendSerializer(Input):
    """A batch of samples, and where in the run's stream of system metrics it begins."""

    offset = Integer(min_value=0, max_value=MAX_INT64, help_text="How many rows of the stream come before this batch.")
    rows = serializers.ListField(
        child=JsonObject(), max_length=MAX_ROWS, help_text="Each an object of metric names and values."
    )


class HistoryAppendSerializer(SystemAppendSerializer):
    """A batch of rows, and where in the run's history it begins."""

    summary = JsonObject(required=False, allow_null=True, help_text="Values set by hand; logged ones yield to them.")
    finish = RunFinishSerializer(
        required=False, allow_null=True, help_text="The run ends after this batch, as a request to finish it tells."
    )


class LastBatchSerializer(Input):
    """What of a batch says how its run ends."""

    finish = RunFinishSerializer()


class HistoryAppendedSerializer(serializers.Serializer[Any]):
    """What the server has now."""

    rows = serializers.IntegerField(help_text="Rows of the run that are stored: the next offset.")
    skipped = serializers.IntegerField(help_text="Rows of the batch that were stored before.")
    stop = serializers.BooleanField(help_text="The run is asked to end itself.")


class PartQuery(Query):
    """Which part of a stream of rows."""

    metrics = serializers.CharField(
        default="", allow_blank=True, max_length=100_000, help_text="Comma-separated names. Default: all."
    )
    min_step = serializers.IntegerField(min_value=-MAX_INT64, max_value=MAX_INT64, required=False)
    max_step = serializers.IntegerField(min_value=-MAX_INT64, max_value=MAX_INT64, required=False)


class HistoryQuery(PartQuery):
    """Which rows."""

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
    min_step = serializers.IntegerField(min_value=-MAX_INT64, max_value=MAX_INT64, required=False)
    max_step = serializers.IntegerField(min_value=-MAX_INT64, max_value=MAX_INT64, required=False)
    buckets = serializers.IntegerField(
        min_value=1,
        max_value=MAX_CURVE_BUCKETS,
        required=False,
        help_text="The curve has the lowest and the highest value of each of so many stretches, rounded down to a "
        "power of two, and the first and last of all. Default: 512.",
    )


class CurveSerializer(serializers.Serializer[Any]):
    """A curve of bounded size that keeps every extreme value."""

    steps = serializers.ListField(child=serializers.IntegerField())
    values = serializers.ListField(child=serializers.FloatField())
