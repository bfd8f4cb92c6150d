"""What the wandb client needs of the server beyond what every run has."""

from django.db import models
from django.utils import timezone

from sweeps_app.models.run import Run


class WandbRun(models.Model):
    """A run's facts that only its wandb client reads and writes.

    `meta` is what the client keeps under `_wandb` in the config: versions, telemetry, defined metrics. `writer` tells
    one process that writes the run from the next one. `nested` names the values of the summary that came as objects.
    `resume_asked_at` is when a process asked what there is to go on from, `stop_told_at` when the client first learned
    that the run is to stop. `offered` counts how often its agent was given the run without beginning it.

    `attempt` is the one that a process of the client has begun, None where it is not known; `born` is when that process
    began, and `over` when those of attempts began that were given up, in seconds of their own clocks.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="wandb")
    meta = models.JSONField(default=dict)
    writer = models.CharField(max_length=64, blank=True)
    nested = models.JSONField(default=list)
    resume_asked_at = models.DateTimeField(null=True, blank=True)
    stop_told_at = models.DateTimeField(null=True, blank=True)
    offered = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(null=True, blank=True)
    born = models.FloatField(null=True, blank=True)
    over = models.JSONField(default=list)

    class Meta:
        ordering = ["run"]

    def __str__(self) -> str:
        return f"wandb of run {self.run_id}"


class UnservedRequest(models.Model):
    """Something that clients have asked for and this server does not have: counted, with who asked last.

    `subject` is the field of the schema or what was wrong, `operation` the client's name of its request.
    """

    subject = models.CharField(max_length=200)
    operation = models.CharField(max_length=100, blank=True)
    message = models.CharField(max_length=500)
    client = models.CharField(max_length=200, blank=True)
    count = models.PositiveBigIntegerField(default=0)
    first_at = models.DateTimeField(default=timezone.now, editable=False)
    last_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-count", "subject"]
        verbose_name = "thing that clients asked for and we lack"
        verbose_name_plural = "what clients asked for and we lack"
        constraints = [models.UniqueConstraint(fields=["subject", "operation"], name="unserved_request_once")]

    def __str__(self) -> str:
        return self.subject
