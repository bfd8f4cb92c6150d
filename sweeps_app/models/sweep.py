"""Sweeps, their versions, and the suggestions that their controller has made."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sweeps_app.models.deletion import Deletable, LiveManager
from sweeps_app.models.identifiers import new_id
from sweeps_app.models.project import Project


class Sweep(Deletable):
    """A search over a space of configurations.

    `next_number` is the number of the next suggestion, `result_count` that of the next result, `handed_out` how many
    runs agents have been given. Until `preparing_until` a worker makes suggestions ahead, and no other one needs to;
    `rung_at` is when one was asked to that has not begun yet. `woken` counts what agents that wait may be told of: a
    configuration that is ready, or another state. `run_deleted_change` is the change number of the newest
    deletion of one of its runs, `author` the name of who made it on the server that it was imported from.
    """

    class State(models.TextChoices):
        """The life of a sweep."""

        PENDING = "PENDING"
        RUNNING = "RUNNING"
        PAUSED = "PAUSED"
        STOPPED = "STOPPED"
        CANCELED = "CANCELED"
        FINISHED = "FINISHED"
        FAILED = "FAILED"

    ACTIVE_STATES = (State.PENDING, State.RUNNING, State.PAUSED)
    BELOW = ("project",)

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sweeps")
    sweep_id = models.CharField(max_length=8, default=new_id)
    name = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    method = models.CharField(max_length=16)
    config = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    seed = models.BigIntegerField()
    metric_name = models.CharField(max_length=255, blank=True)
    metric_goal = models.CharField(max_length=8, default="minimize")
    run_cap = models.PositiveIntegerField(null=True, blank=True)
    next_number = models.BigIntegerField(default=0)
    handed_out = models.BigIntegerField(default=0)
    result_count = models.BigIntegerField(default=0)
    preparing_until = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)
    is_exhausted = models.BooleanField(default=False)
    woken = models.BigIntegerField(default=0)
    request_id = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    change = models.BigIntegerField(default=0)
    run_deleted_change = models.BigIntegerField(default=0, editable=False)
    author = models.CharField(max_length=150, blank=True, editable=False)

    objects = LiveManager["Sweep"]()
    everything = models.Manager["Sweep"]()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["sweep_id"], condition=Q(deleted_at=None), name="sweep_id_once"),
            models.UniqueConstraint(
                fields=["created_by", "request_id"],
                condition=Q(deleted_at=None) & ~Q(request_id=""),
                name="sweep_request_once",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "change"], name="sweep_change"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="sweep_deleted"),
        ]

    def __str__(self) -> str:
        return self.name or self.sweep_id


class SweepVersion(models.Model):
    """The configuration that a sweep had from some moment on; editing a sweep adds the next one.

    `first_number` is the number from which suggestions are made under it.
    """

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    first_number = models.BigIntegerField(default=0)
    config = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["sweep", "number"]
        constraints = [models.UniqueConstraint(fields=["sweep", "number"], name="sweep_version_once")]

    def __str__(self) -> str:
        return f"version {self.number}"


class Suggestion(models.Model):
    """A configuration that the controller chose, and why; `number` decides who made it first.

    `version` is the sweep's version that it was made under. `request_id` is there where a controller outside of the
    server has chosen it. `basis` is what it was made from: how many results
    (`results`, the first so many in the order of their numbers) and which unfinished suggestions (`pending`), so that
    it can be made again.
    """

    class State(models.TextChoices):
        """The life of a suggestion: made ahead, handed out as a run, or dropped for a better informed one."""

        PREPARED = "prepared"
        CLAIMED = "claimed"
        DROPPED = "dropped"

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="suggestions")
    number = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State, default=State.CLAIMED)
    config = models.JSONField()
    why = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    basis = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["sweep", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sweep", "number"], name="suggestion_number_once"),
            models.UniqueConstraint(
                fields=["sweep", "request_id"],
                condition=~Q(request_id=""),
                name="suggestion_request_once",
            ),
        ]
        indexes = [models.Index(fields=["sweep", "state", "number"], name="suggestion_sweep_state")]

    def __str__(self) -> str:
        return f"suggestion {self.number}"
