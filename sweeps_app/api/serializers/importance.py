"""Which parameters matter."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sweeps_app.api.serializers.base import Query
from sweeps_app.query.selection import MAX_LENGTH as MAX_SELECTION

_TICK = {"oneOf": [{"type": "number"}, {"type": "string"}]}


AXIS_KINDS = ["number", "category"]


class ImportanceQuery(Query):
    """For which metric, over which runs."""

    metric = serializers.CharField(
        default="", allow_blank=True, max_length=255, help_text="Default: the first that the sweep pursues."
    )
    sel = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MAX_SELECTION,
        help_text="Over the selected runs alone, as in the address of a sweep's page; docs/charts.md describes it.",
    )


class ParameterImportanceSerializer(serializers.Serializer[Any]):
    """How much one parameter matters for the metric."""

    parameter = serializers.CharField()
    kind = serializers.ChoiceField(AXIS_KINDS)
    runs = serializers.IntegerField(help_text="Runs that have the parameter.")
    importance = serializers.FloatField(help_text="Share of what a random forest uses, 0 to 1; all sum to 1.")
    low = serializers.FloatField(help_text="The lower bound of the importance with 95 % confidence.")
    high = serializers.FloatField(help_text="The upper bound of the importance with 95 % confidence.")
    correlation = serializers.FloatField(allow_null=True, help_text="Pearson's r; null for categories.")
    spearman = serializers.FloatField(allow_null=True, help_text="Spearman's rank correlation; null for categories.")
    eta = serializers.FloatField(
        allow_null=True, help_text="The correlation ratio of a category, 0 to 1, which has no direction; else null."
    )


@extend_schema_field(_TICK)
class TickField(serializers.Field[Any, Any, Any, Any]):
    """A value of a parameter: a number, or the label of a category."""

    def to_representation(self, value: Any) -> Any:
        """Return it as it is."""
        return value


class DependenceSerializer(serializers.Serializer[Any]):
    """What the forest predicts on average when all runs get the same value of one parameter; one entry a value."""

    parameter = serializers.CharField()
    kind = serializers.ChoiceField(AXIS_KINDS)
    log = serializers.BooleanField(help_text="Its scale is logarithmic.")
    ticks = serializers.ListField(child=TickField(), help_text="Numbers, or labels of a category.")
    means = serializers.ListField(child=serializers.FloatField())
    low = serializers.ListField(child=serializers.FloatField(), help_text="Lower bounds with 95 % confidence.")
    high = serializers.ListField(child=serializers.FloatField(), help_text="Upper bounds with 95 % confidence.")
    near = serializers.ListField(
        child=serializers.IntegerField(), help_text="Runs within a tenth of the range, or with that label."
    )
    supported = serializers.ListField(
        child=serializers.BooleanField(), help_text="Enough runs are near; where not, the forest extrapolates."
    )


class InteractionSerializer(serializers.Serializer[Any]):
    """Two parameters whose effect depends on one another, and the prediction over both."""

    first = serializers.CharField()
    second = serializers.CharField()
    strength = serializers.FloatField(help_text="Share of the metric's variance that they explain only together.")
    low = serializers.FloatField(help_text="The lower bound of the strength with 95 % confidence.")
    high = serializers.FloatField(help_text="The upper bound of the strength with 95 % confidence.")
    first_ticks = serializers.ListField(child=TickField())
    second_ticks = serializers.ListField(child=TickField())
    means = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(allow_null=True)),
        help_text="A list for each value of the first; null where there are no runs.",
    )
    near = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()), help_text="Runs there.")


class ImportanceSerializer(serializers.Serializer[Any]):
    """The newest ranking; `computed_at` is null and there are no parameters before the first one is computed."""

    fresh = serializers.BooleanField(help_text="It has seen all runs that ended; if not, a newer one is on its way.")
    computed_at = serializers.DateTimeField(allow_null=True)
    metric = serializers.CharField(allow_blank=True)
    metrics = serializers.ListField(child=serializers.CharField(), help_text="All that may be asked for.")
    runs = serializers.IntegerField(help_text="Runs that had a value of the metric.")
    r2 = serializers.FloatField(allow_null=True, help_text="Share of the variance explained in runs not seen.")
    r2_low = serializers.FloatField(allow_null=True, help_text="Its lower bound with 95 % confidence.")
    r2_high = serializers.FloatField(allow_null=True, help_text="Its upper bound with 95 % confidence.")
    warning = serializers.CharField(allow_null=True, help_text="Why the ranking is missing or to be doubted.")
    notes = serializers.ListField(child=serializers.CharField(), help_text="What one has to know of the runs.")
    constant = serializers.ListField(
        child=serializers.CharField(), help_text="Parameters that had the same value in all runs."
    )
    parameters = ParameterImportanceSerializer(many=True, help_text="The most important first.")
    dependence = DependenceSerializer(many=True, help_text="One for each parameter, in the same order.")
    interactions = InteractionSerializer(
        many=True, help_text="Pairs of the eight most important parameters, the strongest first."
    )
