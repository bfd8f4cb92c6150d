"""Runs: one execution of a training function under one configuration."""

from django.conf import settings
from django.db import models

from sweeps_app.models.agent import Agent
from sweeps_app.models.identifiers import new_id, run_id_pattern
from sweeps_app.models.project import Project
from sweeps_app.models.sweep import Suggestion, Sweep


class Run(models.Model):
    """What was tried, what came of it, and how it goes.

    `summary` holds one value a metric, by dotted name: the last one logged unless the client set it itself
    (`summary_overrides` names those). `objective` is the summary value of the sweep's metric where it is a
    finite number, so that sorting and the best run need no look into JSON. `stopping_progress` is what the sweep's
    stopping rule remembers of the run.
    """

    class State(models.TextChoices):
        """The life of a run."""

        PENDING = "pending"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"
        CRASHED = "crashed"
        KILLED = "killed"
        PREEMPTING = "preempting"
        PREEMPTED = "preempted"
        STOPPED_EARLY = "stopped_early", "stopped early"

    class StopReason(models.TextChoices):
        """Why a run is asked to stop."""

        PERSON = "person"
        SWEEP = "sweep", "the sweep was canceled"
        RULE = "rule", "the sweep's stopping rule"

    ACTIVE_STATES = (State.PENDING, State.RUNNING, State.PREEMPTING)

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="runs")
    sweep = models.ForeignKey(Sweep, null=True, blank=True, on_delete=models.CASCADE, related_name="runs")
    suggestion = models.OneToOneField(Suggestion, null=True, blank=True, on_delete=models.SET_NULL, related_name="run")
    agent = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs")
    request_id = models.CharField(max_length=64, blank=True)
    run_id = models.CharField(max_length=64, default=new_id, validators=[run_id_pattern])
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    stop_requested = models.BooleanField(default=False)
    stop_reason = models.CharField(max_length=8, choices=StopReason, blank=True)

    config = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    summary_overrides = models.JSONField(default=list)
    objective = models.FloatField(null=True, blank=True)
    stopping_progress = models.JSONField(default=dict, blank=True)
    history_rows = models.BigIntegerField(default=0)
    last_step = models.BigIntegerField(null=True, blank=True)

    tags = models.JSONField(default=list, blank=True)
    notes = models.TextField(blank=True)
    group = models.CharField(max_length=200, blank=True)
    job_type = models.CharField(max_length=200, blank=True)
    host = models.CharField(max_length=200, blank=True)
    program = models.CharField(max_length=1000, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    error = models.TextField(blank=True)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    change = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "run_id"], name="run_id_once"),
            models.UniqueConstraint(
                fields=["agent", "request_id"], condition=~models.Q(request_id=""), name="run_request_once"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "change"], name="run_project_change"),
            models.Index(fields=["sweep", "change"], name="run_sweep_change"),
            models.Index(fields=["sweep", "state"], name="run_sweep_state"),
            models.Index(fields=["sweep", "objective"], name="run_sweep_objective"),
            models.Index(fields=["state", "heartbeat_at"], name="run_state_heartbeat"),
        ]

    def __str__(self) -> str:
        return self.name or self.run_id
