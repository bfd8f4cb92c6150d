"""Attempts, and further ones that are asked for."""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.fields import Choice, JsonObject
from sweeps_app.api.serializers.base import Input
from sweeps_app.models import Run
from sweeps_app.services.retry import RETRIED_STATES


class AttemptSerializer(serializers.Serializer[Any]):
    """How an attempt ended that was not the run's last one."""

    number = serializers.IntegerField(help_text="From 1.")
    cause = serializers.ChoiceField(choices=Run.Cause.choices, help_text="Why another one followed.")
    state = serializers.ChoiceField(choices=Run.State.choices, help_text="How it ended.")
    agent = serializers.CharField(source="agent.agent_id", allow_null=True, help_text="Id of the agent that made it.")
    host = serializers.CharField()
    exit_code = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    summary = JsonObject(help_text="The run's summary when it ended.")
    last_step = serializers.IntegerField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField()
    asked_by = serializers.CharField(
        source="asked_by.username", allow_null=True, help_text="Who asked for another one."
    )


class RetrySerializer(Input):
    """Which runs of the sweep."""

    states = serializers.ListField(
        child=Choice([str(state) for state in RETRIED_STATES]),
        min_length=1,
        max_length=len(RETRIED_STATES),
        required=False,
        error_messages={"not_a_list": "Must be a list of states."},
        help_text="Default: failed and crashed.",
    )


class RetriedSerializer(serializers.Serializer[Any]):
    """What waits for another attempt now."""

    run_ids = serializers.ListField(child=serializers.CharField())
    left = serializers.IntegerField(help_text="How many more there are to ask for.")
