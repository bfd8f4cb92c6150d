"""Analyses that a worker computed for a sweep, kept until the sweep has changed."""

from django.db import models

from sweeps_app.models.sweep import Sweep


class AnalysisResult(models.Model):
    """The newest result of one analysis of a metric, `target`: `cursor` is the newest change of a run that it has seen.

    `selection_digest` names the selection whose runs it is of, "" is all of them. `requested_cursor` is what has been
    asked for; a result is fresh when the two agree.
    """

    class Kind(models.TextChoices):
        """What was computed."""

        IMPORTANCE = "importance"

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="analyses")
    kind = models.CharField(max_length=16, choices=Kind)
    target = models.CharField(max_length=255)
    selection_digest = models.CharField(max_length=64, default="", blank=True)
    cursor = models.BigIntegerField(default=-1)
    requested_cursor = models.BigIntegerField(default=-1)
    requested_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sweep", "kind", "target", "selection_digest"], name="analysis_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.target} in {self.sweep_id}"
