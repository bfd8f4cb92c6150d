"""Which parameters matter."""

from typing import Any

from rest_framework import serializers


class ParameterImportanceSerializer(serializers.Serializer[Any]):
    """How much one parameter matters for the sweep's metric."""

    parameter = serializers.CharField()
    importance = serializers.FloatField(help_text="Share of what a random forest uses, 0 to 1; all sum to 1.")
    low = serializers.FloatField(help_text="The least share over five folds.")
    high = serializers.FloatField(help_text="The greatest share over five folds.")
    correlation = serializers.FloatField(allow_null=True, help_text="Pearson's r; null for categories.")


class ImportanceSerializer(serializers.Serializer[Any]):
    """The newest ranking; `computed_at` is null and there are no parameters before the first one is computed."""

    fresh = serializers.BooleanField(help_text="It has seen all runs that ended; if not, a newer one is on its way.")
    computed_at = serializers.DateTimeField(allow_null=True)
    runs = serializers.IntegerField(help_text="Runs that had a value of the metric.")
    r2 = serializers.FloatField(allow_null=True, help_text="Share of the variance explained in runs not seen.")
    warning = serializers.CharField(allow_null=True, help_text="Why the ranking is missing or to be doubted.")
    parameters = ParameterImportanceSerializer(many=True, help_text="The most important first.")
