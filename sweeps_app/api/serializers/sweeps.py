"""Sweeps."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sweeps_app.api.addresses import sweep_url
from sweeps_app.api.fields import JsonObject, ProjectName, Text
from sweeps_app.api.serializers.base import Input, PageOutput
from sweeps_app.models import Sweep
from sweeps_app.selectors.sweeps import SweepFigures, expected_runs


class BestRunSerializer(serializers.Serializer[Any]):
    """The run with the best value of the sweep's metric so far."""

    run_id = serializers.CharField()
    name = serializers.CharField()
    objective = serializers.FloatField()


class SweepSerializer(serializers.Serializer[Any]):
    """A search over a space of configurations. `context["figures"]` holds the figures by primary key."""

    sweep_id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    entity = serializers.CharField(source="project.entity.name")
    project = serializers.CharField(source="project.name")
    state = serializers.ChoiceField(choices=Sweep.State.choices)
    method = serializers.CharField()
    config = JsonObject(help_text="As normalised by the server.")
    seed = serializers.IntegerField(help_text="The same seed and results give the same suggestions.")
    metric_name = serializers.CharField()
    metric_goal = serializers.ChoiceField(choices=["minimize", "maximize"])
    run_cap = serializers.IntegerField(allow_null=True)
    run_counts = serializers.SerializerMethodField(help_text="How many runs are in each state that occurs.")
    best_run = serializers.SerializerMethodField()
    expected_runs = serializers.SerializerMethodField(help_text="Runs at the most, by cap or grid; null if unbounded.")
    created_by = serializers.CharField(source="created_by.username", allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    url = serializers.SerializerMethodField(help_text="The sweep's page.")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_run_counts(self, sweep: Sweep) -> dict[str, int]:
        """Return how many runs are in each state that occurs."""
        return self._figures(sweep).run_counts

    @extend_schema_field(BestRunSerializer(allow_null=True))
    def get_best_run(self, sweep: Sweep) -> dict[str, Any] | None:
        """Return the best run, or None where no run has a finite value."""
        best = self._figures(sweep).best
        return None if best is None else dict(BestRunSerializer(best).data)

    def get_expected_runs(self, sweep: Sweep) -> int | None:
        """Return how many runs the sweep will have at the most."""
        return expected_runs(sweep)

    def get_url(self, sweep: Sweep) -> str:
        """Return the address of the sweep's page."""
        return sweep_url(sweep)

    def _figures(self, sweep: Sweep) -> SweepFigures:
        figures: SweepFigures = self.context["figures"][sweep.pk]
        return figures


class SweepPageSerializer(PageOutput):
    """One page of sweeps."""

    results = SweepSerializer(many=True)


class ProblemSerializer(serializers.Serializer[Any]):
    """One thing about a configuration: where, what, and a stable code."""

    path = serializers.CharField(help_text="Dotted; empty for the whole configuration.")
    message = serializers.CharField()
    code = serializers.CharField()


class SweepCreatedSerializer(SweepSerializer):
    """A sweep, and what its configuration should be warned about (`context["warnings"]`)."""

    warnings = serializers.SerializerMethodField()

    @extend_schema_field(ProblemSerializer(many=True))
    def get_warnings(self, sweep: Sweep) -> list[dict[str, Any]]:
        """Return what to look at, although the configuration is usable."""
        return [dict(warning) for warning in ProblemSerializer(self.context["warnings"], many=True).data]


class SweepCreateSerializer(Input):
    """What makes a sweep."""

    config = JsonObject(help_text="method, parameters, metric and so on.")
    entity = Text(
        allow_blank=False, max_length=64, required=False, allow_null=True, help_text="Default: your default entity."
    )
    project = ProjectName(required=False, allow_null=True, help_text="Made where missing.")
    name = Text(max_length=200, required=False, allow_null=True)
    request_id = Text(
        allow_blank=False,
        max_length=64,
        required=False,
        allow_null=True,
        help_text="The same id gives the same sweep again.",
    )


class SweepValidateSerializer(Input):
    """A configuration to be looked at."""

    config = JsonObject()


class SweepValidatedSerializer(serializers.Serializer[Any]):
    """What the server thinks of a configuration; `config` is null where it is not usable."""

    valid = serializers.BooleanField()
    config = JsonObject(allow_null=True, help_text="As the server would store it.")
    problems = ProblemSerializer(many=True)
    warnings = ProblemSerializer(many=True)
    grid_size = serializers.IntegerField(allow_null=True, help_text="Points of the grid; null if there is no end.")
