"""Runs."""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.addresses import run_url
from sweeps_app.api.fields import MAX_INT32, Choice, Id, Integer, JsonObject, ProjectName, Text, TextList
from sweeps_app.api.serializers.base import Input, PageOutput, PageQuery
from sweeps_app.models import Run
from sweeps_app.models.identifiers import run_id_pattern
from sweeps_app.services.runs import FINISH_STATES

MAX_TEXT = 100_000


class SuggestionSerializer(serializers.Serializer[Any]):
    """The controller's choice that the run tries, and why it was made."""

    number = serializers.IntegerField()
    why = JsonObject()


class RunSerializer(serializers.Serializer[Any]):
    """What was tried, what came of it, and how it goes."""

    run_id = serializers.CharField(help_text="Unique within the project.")
    name = serializers.CharField()
    entity = serializers.CharField(source="project.entity.name")
    project = serializers.CharField(source="project.name")
    sweep = serializers.CharField(source="sweep.sweep_id", allow_null=True, help_text="Id of its sweep.")
    agent = serializers.CharField(source="agent.agent_id", allow_null=True, help_text="Id of its agent.")
    state = serializers.ChoiceField(choices=Run.State.choices)
    stop_requested = serializers.BooleanField(help_text="The run is asked to end itself.")
    config = JsonObject()
    summary = JsonObject(help_text="One value a metric, by dotted name.")
    objective = serializers.FloatField(allow_null=True, help_text="The sweep's metric, where it is a finite number.")
    history_rows = serializers.IntegerField(help_text="Rows stored, which is the offset of the next row.")
    last_step = serializers.IntegerField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    notes = serializers.CharField()
    group = serializers.CharField()
    job_type = serializers.CharField()
    host = serializers.CharField()
    program = serializers.CharField()
    exit_code = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(help_text="Why it failed, often a traceback.")
    suggestion = SuggestionSerializer(allow_null=True)
    created_by = serializers.CharField(source="created_by.username", allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    heartbeat_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    url = serializers.SerializerMethodField(help_text="The run's page.")

    def get_url(self, run: Run) -> str:
        """Return the address of the run's page."""
        return run_url(run)


class RunPageSerializer(PageOutput):
    """One page of runs."""

    results = RunSerializer(many=True)


class RunListQuery(PageQuery):
    """Which runs, in which order."""

    sort = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=1000,
        help_text="Comma-separated keys, `-` for descending: state, name, created_at, started_at, finished_at, host, "
        "rows, runtime, objective, config.NAME or summary.NAME. Default: -created_at.",
    )
    text = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="Part of the name, the id or the host."
    )
    state = Choice(Run.State.values, default="", allow_blank=True, help_text="Only runs in this state.")


class RunDetailsSerializer(Input):
    """What a client says of a run; a field that is left out or null stays as it is."""

    name = Text(max_length=200, required=False, allow_null=True)
    config = JsonObject(required=False, allow_null=True)
    tags = TextList(required=False, allow_null=True, max_length=100)
    notes = Text(max_length=MAX_TEXT, required=False, allow_null=True)
    group = Text(max_length=200, required=False, allow_null=True)
    job_type = Text(max_length=200, required=False, allow_null=True)
    host = Text(max_length=200, required=False, allow_null=True)
    program = Text(max_length=1000, required=False, allow_null=True)
    summary = JsonObject(required=False, allow_null=True)


class RunStartSerializer(RunDetailsSerializer):
    """What starts a run."""

    run_id = Id(
        run_id_pattern, required=False, allow_null=True, help_text="Letters, digits, `-`, `_`. Default: a new id."
    )
    entity = Text(
        allow_blank=False, max_length=64, required=False, allow_null=True, help_text="Default: your default entity."
    )
    project = ProjectName(required=False, allow_null=True, help_text="Made where missing.")


class RunFinishSerializer(Input):
    """How a run ended."""

    exit_code = Integer(min_value=-MAX_INT32 - 1, max_value=MAX_INT32, help_text="0 is success.")
    state = Choice([str(state) for state in FINISH_STATES], required=False, allow_null=True)
    error = Text(max_length=MAX_TEXT, required=False, allow_null=True)
    summary = JsonObject(required=False, allow_null=True)


class StopSerializer(serializers.Serializer[Any]):
    """Whether the run is asked to end itself."""

    stop = serializers.BooleanField()
