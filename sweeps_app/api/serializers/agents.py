"""Agents, and the jobs by which the server's workers run agents."""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.fields import MAX_INT32, MAX_INT64, Choice, Id, Integer, Seconds, Text
from sweeps_app.api.serializers.base import Input, PageOutput, PageQuery
from sweeps_app.api.serializers.runs import RunSerializer
from sweeps_app.models import Agent, AgentJob
from sweeps_app.models.identifiers import agent_id_pattern, job_id_pattern, queue_name_pattern
from sweeps_app.selectors.fleet import STATES
from sweeps_app.services.job_launch import MAX_AGENTS, MAX_GPUS, MAX_SLOTS


class AgentSerializer(serializers.Serializer[Any]):
    """A process that asks for configurations of one sweep and runs them."""

    agent_id = serializers.CharField()
    name = serializers.CharField()
    sweep = serializers.CharField(source="sweep.sweep_id", help_text="Id of the sweep.")
    host = serializers.CharField()
    pid = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=Agent.State.choices)
    exit_reason = serializers.CharField()
    order = serializers.CharField(help_text="What a person wants of it: pause, drain, kill, or nothing.")
    quarantined_at = serializers.DateTimeField(allow_null=True, help_text="Since when it gets no runs.")
    quarantine_reason = serializers.CharField()
    runs_done = serializers.IntegerField(help_text="Attempts that have ended with it.")
    runs_failed = serializers.IntegerField(help_text="Those of them that have failed or were lost.")
    created_at = serializers.DateTimeField()
    heartbeat_at = serializers.DateTimeField()


class AgentListedSerializer(AgentSerializer):
    """An agent with the run that it has now."""

    run = serializers.SerializerMethodField(help_text="Id of the run that it has.")

    def get_run(self, agent: Agent) -> str | None:
        """Return the id of the agent's run."""
        run = self.context["runs"].get(agent.pk)
        return None if run is None else run.run_id


class AgentPageSerializer(PageOutput):
    """One page of agents."""

    results = AgentListedSerializer(many=True)


class AgentListQuery(PageQuery):
    """Which agents."""

    state = Choice(STATES, default="", allow_blank=True, help_text="Only agents in this state, or in quarantine.")
    host = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="Only agents of the host that is called so."
    )
    text = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="Part of the name, the id or the host."
    )


class AgentRegisterSerializer(Input):
    """What an agent says of itself."""

    agent_id = Id(agent_id_pattern, help_text="Chosen by the agent: 8 to 32 lower-case letters or digits.")
    name = Text(max_length=200, required=False, allow_null=True)
    host = Text(max_length=200, required=False, allow_null=True)
    pid = Integer(min_value=0, max_value=MAX_INT64, required=False, allow_null=True)
    job_id = Id(job_id_pattern, required=False, allow_null=True, help_text="The agent job that started the agent.")


class StartSerializer(Input):
    """Where a run starts."""

    host = Text(max_length=200, required=False, allow_null=True)
    program = Text(max_length=1000, required=False, allow_null=True)


class AgentNextSerializer(Input):
    """A question for work."""

    request_id = Text(
        allow_blank=False, max_length=64, help_text="New for every question; the same id gets the same run again."
    )
    wait = Seconds(help_text="Wait so many seconds for a run before the answer is `wait`. Default: 0.")
    start = StartSerializer(
        required=False, allow_null=True, help_text="Start the run with the answer, which spares `POST /runs`."
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
    """An agent that one of the server's own workers runs.

    The context holds, by primary key, the `tails` of output and why jobs wait (`waiting`).
    """

    job_id = serializers.CharField()
    sweep = serializers.CharField(source="sweep.sweep_id", help_text="Id of the sweep.")
    program = serializers.CharField()
    commit = serializers.CharField(help_text="What was checked out of the program's repository; empty for others.")
    count = serializers.IntegerField(allow_null=True)
    queue = serializers.CharField()
    slots = serializers.IntegerField(help_text="CPU slots that it needs.")
    gpus = serializers.IntegerField(help_text="Graphics cards that it needs.")
    gpu_ids = serializers.ListField(
        child=serializers.CharField(), help_text="The graphics cards that it was given last, as its worker names them."
    )
    state = serializers.ChoiceField(choices=AgentJob.State.choices)
    reason = serializers.CharField(help_text="Why it ended as it did, where the exit code does not tell.")
    waiting = serializers.SerializerMethodField(help_text="Why it waits; empty where a worker is about to take it.")
    stop_requested = serializers.BooleanField()
    drain_requested = serializers.BooleanField()
    worker = serializers.SerializerMethodField(help_text="Which worker has or had it; empty before the first.")
    attempt = serializers.IntegerField()
    exit_code = serializers.IntegerField(allow_null=True)
    output_tail = serializers.SerializerMethodField(help_text="The end of what the program wrote.")
    relaunch_of = serializers.CharField(
        source="relaunch_of.job_id", default=None, allow_null=True, help_text="The job whose settings it repeats."
    )
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    heartbeat_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_waiting(self, job: AgentJob) -> str:
        """Return why the job waits."""
        return str(self.context["waiting"].get(job.pk, ""))

    def get_worker(self, job: AgentJob) -> str:
        """Return the worker's name."""
        return job.worker.name if job.worker else ""

    def get_output_tail(self, job: AgentJob) -> str:
        """Return the end of the output."""
        return str(self.context["tails"].get(job.pk, ""))


class JobPageSerializer(PageOutput):
    """One page of agent jobs."""

    results = JobSerializer(many=True)


class JobSettingsSerializer(Input):
    """What an agent runs, and what it needs of a worker."""

    program = Text(max_length=100, help_text="A program of the project, or one of the server's own.")
    count = Integer(
        min_value=1,
        max_value=MAX_INT32,
        required=False,
        allow_null=True,
        help_text="Runs of each agent at the most. Default: all that there are.",
    )
    queue = Id(queue_name_pattern, required=False, allow_null=True, help_text="Default: agents.")
    slots = Integer(
        min_value=1, max_value=MAX_SLOTS, required=False, allow_null=True, help_text="CPU slots. Default: 1."
    )
    gpus = Integer(
        min_value=0, max_value=MAX_GPUS, required=False, allow_null=True, help_text="Graphics cards. Default: 0."
    )


class JobLaunchSerializer(JobSettingsSerializer):
    """What starts an agent on a worker."""

    job_id = Id(
        job_id_pattern,
        required=False,
        allow_null=True,
        help_text="Chosen by the client, 8 lower-case letters or digits: the same id starts nothing twice.",
    )


class JobsLaunchSerializer(JobSettingsSerializer):
    """What starts several agents at once."""

    agents = Integer(min_value=1, max_value=MAX_AGENTS, help_text="How many agents, each a job of its own.")
    request_id = Text(
        allow_blank=False, max_length=64, help_text="New for every launch; the same id gets the same jobs again."
    )


class JobsLaunchedSerializer(serializers.Serializer[Any]):
    """The jobs of one launch."""

    jobs = JobSerializer(many=True)
