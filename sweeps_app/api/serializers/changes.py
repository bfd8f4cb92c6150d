"""What is new in a project."""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.fields import MAX_INT64
from sweeps_app.api.serializers.base import Query
from sweeps_app.api.serializers.runs import RunSerializer
from sweeps_app.api.serializers.sweeps import SweepSerializer


class ChangesQuery(Query):
    """Since when, and how much at once."""

    since = serializers.IntegerField(
        min_value=0, max_value=MAX_INT64, default=0, help_text="The `cursor` of the answer before."
    )
    limit = serializers.IntegerField(min_value=1, max_value=500, default=500)


class ChangesSerializer(serializers.Serializer[Any]):
    """Runs that changed after the cursor, and sweeps that did or whose runs did, as they are now; the oldest first."""

    cursor = serializers.IntegerField(help_text="Send it as `since` next time.")
    more = serializers.BooleanField(help_text="There is more already: ask again at once.")
    reset = serializers.BooleanField(
        help_text="Deletions since your cursor are forgotten: this answer begins anew, drop all that you know."
    )
    deleted_sweeps = serializers.ListField(
        child=serializers.CharField(), help_text="Ids; drop their runs as well, before you take up what follows."
    )
    deleted_runs = serializers.ListField(child=serializers.CharField(), help_text="Ids; an id may be in use again.")
    sweeps = SweepSerializer(many=True)
    runs = RunSerializer(many=True)
