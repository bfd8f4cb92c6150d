"""Analyses that a worker computed for a sweep, kept until the sweep has changed."""

from django.db import models

from sweeps_app.models.sweep import Sweep


class AnalysisResult(models.Model):
    """The newest result of one analysis: `cursor` is the change number of the sweep's runs that it has seen.

    `requested_cursor` is what has been asked for; a result is fresh when the two agree.
    """

    class Kind(models.TextChoices):
        """What was computed."""

        IMPORTANCE = "importance"

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="analyses")
    kind = models.CharField(max_length=16, choices=Kind)
    cursor = models.BigIntegerField(default=-1)
    requested_cursor = models.BigIntegerField(default=-1)
    requested_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sweep", "kind"], name="analysis_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.sweep_id}"
