"""What a sweep's search and its stopping rule have decided, and what others decide for it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sweeps_app.api.fields import Flag, JsonObject, Text
from sweeps_app.api.serializers.base import Input, PageOutput
from sweeps_app.models import Suggestion
from sweeps_app.services.posting import MAX_POSTED


class SweepConfigSerializer(Input):
    """The configuration that a sweep is to have from now on."""

    config = JsonObject(help_text="The whole configuration, as for a new sweep.")


class SweepVersionSerializer(serializers.Serializer[Any]):
    """A configuration that a sweep had from some suggestion on."""

    number = serializers.IntegerField(help_text="From 1.")
    first_number = serializers.IntegerField(help_text="The first suggestion that was made under it.")
    config = JsonObject()
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)
    created_at = serializers.DateTimeField()


class SweepVersionPageSerializer(PageOutput):
    """One page of versions."""

    results = SweepVersionSerializer(many=True)


class SuggestionOfSweepSerializer(serializers.Serializer[Any]):
    """A configuration that was chosen, and why."""

    number = serializers.IntegerField()
    version = serializers.IntegerField(help_text="The sweep's version that it was made under.")
    state = serializers.ChoiceField(choices=Suggestion.State.choices)
    request_id = serializers.CharField(help_text="Of a controller's suggestion; empty for the server's own.")
    config = JsonObject()
    why = JsonObject(help_text="Method, its version, and what it believed: see docs/search.md.")
    run = serializers.SerializerMethodField(help_text="Id of the run that it became, if it did.")
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_run(self, suggestion: Suggestion) -> str | None:
        """Return the id of the run that the suggestion became."""
        run = getattr(suggestion, "run", None)
        return run.run_id if run is not None else None


class SuggestionPageSerializer(PageOutput):
    """One page of suggestions."""

    results = SuggestionOfSweepSerializer(many=True)


class PostedSuggestionSerializer(Input):
    """A configuration that a controller wants run."""

    request_id = Text(allow_blank=False, max_length=64, help_text="Taken once: the same id gives the same suggestion.")
    config = JsonObject()


class PostedSuggestionsSerializer(Input):
    """What a controller outside of the server has chosen."""

    suggestions = serializers.ListField(child=PostedSuggestionSerializer(), max_length=MAX_POSTED)
    exhausted = Flag(required=False, help_text="No more will come: agents exit once these have been handed out.")


class PostedAnswerSerializer(serializers.Serializer[Any]):
    """The suggestions as the server has them, in the order sent."""

    suggestions = SuggestionOfSweepSerializer(many=True)


class DecisionSerializer(serializers.Serializer[Any]):
    """A stopping rule's judgement of a run."""

    run = serializers.CharField(source="run.run_id", help_text="Id of the run.")
    stop = serializers.BooleanField()
    rule = serializers.CharField()
    band = serializers.IntegerField(allow_null=True, help_text="Number of values; null for rules without bands.")
    iteration = serializers.IntegerField(help_text="Finite values of the metric that the run had logged.")
    value = serializers.FloatField(help_text="The run's value that was compared.")
    threshold = serializers.FloatField(allow_null=True)
    peers = serializers.IntegerField(help_text="Other runs that the threshold came of.")
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class DecisionPageSerializer(PageOutput):
    """One page of decisions."""

    results = DecisionSerializer(many=True)


class WhatIfQuerySerializer(Input):
    """A stopping rule to be tried on the runs that there are."""

    early_terminate = JsonObject(help_text="As in a sweep's configuration.")


class WhatIfStoppedSerializer(serializers.Serializer[Any]):
    """A run that the rule would have stopped."""

    run = serializers.CharField()
    iteration = serializers.IntegerField(source="decision.iteration", help_text="After so many values.")
    saved = serializers.IntegerField(help_text="Values that it would not have logged.")
    reason = serializers.CharField(source="decision.reason")


class WhatIfSerializer(serializers.Serializer[Any]):
    """What the rule would have saved, and what it would have cost. Computing is counted in logged values."""

    runs = serializers.IntegerField()
    iterations = serializers.IntegerField()
    saved = serializers.IntegerField()
    saved_share = serializers.FloatField(help_text="0 to 1.")
    stopped = WhatIfStoppedSerializer(many=True)
    top = serializers.ListField(child=serializers.CharField(), help_text="The best runs, in order.")
    wrongly_stopped = serializers.ListField(child=serializers.CharField(), help_text="Those of them it stops.")
    best = serializers.CharField(allow_null=True)
    best_survivor = serializers.CharField(allow_null=True)
    regret = serializers.FloatField(allow_null=True, help_text="How far the best survivor is from the best of all.")
