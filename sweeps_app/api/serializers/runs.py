"""Runs."""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.addresses import run_url
from sweeps_app.api.fields import MAX_INT32, Choice, Flag, Id, Integer, JsonObject, ProjectName, Seconds, Text, TextList
from sweeps_app.api.serializers.base import Input
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
    attempt = serializers.IntegerField(help_text="How often it was handed out or started over, from 1.")
    queued_at = serializers.DateTimeField(allow_null=True, help_text="Since when it waits for another attempt.")
    requeue_cause = serializers.CharField(help_text="Why there is or was another attempt: lost, failed, preempted, ...")
    summary = JsonObject(help_text="One value a metric, by dotted name.")
    objective = serializers.FloatField(allow_null=True, help_text="The sweep's metric, where it is a finite number.")
    history_rows = serializers.IntegerField(help_text="Rows stored, which is the offset of the next row.")
    system_rows = serializers.IntegerField(help_text="Rows of system metrics stored.")
    console_lines = serializers.IntegerField(help_text="Lines of output stored.")
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
    started_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When a run began that the server hears of for the first time. Default: now.",
    )
    resume = Flag(
        required=False,
        allow_null=True,
        help_text="Of a run that goes on with another attempt: true adds to its history, as by default, false begins "
        "that anew.",
    )


class RunFinishSerializer(Input):
    """How a run ended."""

    exit_code = Integer(min_value=-MAX_INT32 - 1, max_value=MAX_INT32, help_text="0 is success.")
    state = Choice([str(state) for state in FINISH_STATES], required=False, allow_null=True)
    error = Text(max_length=MAX_TEXT, required=False, allow_null=True)
    summary = JsonObject(required=False, allow_null=True)
    finished_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When it ended, between its start and now. Default: now."
    )


class HeartbeatSerializer(Input):
    """A sign of life."""

    wait = Seconds(help_text="Answer when there is something to tell, at the latest after so many seconds. Default: 0.")


class PreemptingSerializer(serializers.Serializer[Any]):
    """Whether the run is marked."""

    preempting = serializers.BooleanField(help_text="False where the run does not run.")


class StopSerializer(serializers.Serializer[Any]):
    """Whether the run is asked to end itself."""

    stop = serializers.BooleanField()
