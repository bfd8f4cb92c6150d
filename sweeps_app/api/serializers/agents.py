"""Agents, and the jobs by which the server's workers run agents."""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.fields import MAX_INT32, MAX_INT64, Id, Integer, Text
from sweeps_app.api.serializers.base import Input, PageOutput
from sweeps_app.api.serializers.runs import RunSerializer
from sweeps_app.models import Agent, AgentJob
from sweeps_app.models.identifiers import agent_id_pattern, job_id_pattern


class AgentSerializer(serializers.Serializer[Any]):
    """A process that asks for configurations of one sweep and runs them."""

    agent_id = serializers.CharField()
    name = serializers.CharField()
    sweep = serializers.CharField(source="sweep.sweep_id", help_text="Id of the sweep.")
    host = serializers.CharField()
    pid = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=Agent.State.choices)
    exit_reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    heartbeat_at = serializers.DateTimeField()


class AgentRegisterSerializer(Input):
    """What an agent says of itself."""

    agent_id = Id(agent_id_pattern, help_text="Chosen by the agent: 8 to 32 lower-case letters or digits.")
    name = Text(max_length=200, required=False, allow_null=True)
    host = Text(max_length=200, required=False, allow_null=True)
    pid = Integer(min_value=0, max_value=MAX_INT64, required=False, allow_null=True)
    job_id = Id(job_id_pattern, required=False, allow_null=True, help_text="The agent job that started the agent.")


class AgentNextSerializer(Input):
    """A question for work."""

    request_id = Text(
        allow_blank=False, max_length=64, help_text="New for every question; the same id gets the same run again."
    )


class ClaimSerializer(serializers.Serializer[Any]):
    """What the agent is to do now."""

    command = serializers.ChoiceField(choices=["run", "wait", "exit"])
    run = RunSerializer(allow_null=True)
    retry_after = serializers.FloatField(help_text="Seconds to wait before the next question.")
    reason = serializers.CharField(help_text="Why there is no run.")


class InstructionSerializer(serializers.Serializer[Any]):
    """Whether the agent is to go on."""

    command = serializers.ChoiceField(choices=["go", "exit"])
    reason = serializers.CharField()


class AgentExitSerializer(Input):
    """Why the agent ends."""

    reason = Text(max_length=500, required=False, allow_null=True)


class JobSerializer(serializers.Serializer[Any]):
    """An agent that one of the server's own workers runs."""

    job_id = serializers.CharField()
    sweep = serializers.CharField(source="sweep.sweep_id", help_text="Id of the sweep.")
    program = serializers.CharField()
    count = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=AgentJob.State.choices)
    stop_requested = serializers.BooleanField()
    worker = serializers.CharField(help_text="Which worker has it; empty while it waits.")
    attempt = serializers.IntegerField()
    exit_code = serializers.IntegerField(allow_null=True)
    output_tail = serializers.CharField(help_text="The end of what the program wrote.")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    heartbeat_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class JobPageSerializer(PageOutput):
    """One page of agent jobs."""

    results = JobSerializer(many=True)


class JobLaunchSerializer(Input):
    """What starts an agent on a worker."""

    program = Text(max_length=100, help_text="A program that the server's settings name.")
    count = Integer(
        min_value=1, max_value=MAX_INT32, required=False, allow_null=True, help_text="Runs at the most. Default: all."
    )
    job_id = Id(
        job_id_pattern,
        required=False,
        allow_null=True,
        help_text="Chosen by the client, 8 lower-case letters or digits: the same id starts nothing twice.",
    )
