"""Early stopping: what each run was worth at the bands, and every decision with its reason."""

from django.db import models
from django.utils import timezone

from sweeps_app.models.run import Run
from sweeps_app.models.sweep import Sweep


class RunRung(models.Model):
    """What a run was worth when it reached a band; written once. The index is what a run's peers are read by."""

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="rungs")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="rungs")
    band = models.BigIntegerField()
    value = models.FloatField()

    class Meta:
        ordering = ["run", "band"]
        constraints = [models.UniqueConstraint(fields=["run", "band"], name="rung_once")]
        indexes = [models.Index(fields=["sweep", "band", "value"], name="rung_sweep_band_value")]

    def __str__(self) -> str:
        return f"{self.value:g} at {self.band}"


class StoppingDecision(models.Model):
    """A stopping rule's judgement of a run: `value` was compared with `threshold`, which came of `peers` other runs.

    At a band the newest judgement is kept, since it may change with the peers; without bands the one that stopped it.
    `iteration` counts the run's logged finite values at that moment; `band` is null for rules without bands.
    """

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="decisions")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="decisions")
    stop = models.BooleanField()
    rule = models.CharField(max_length=16)
    band = models.BigIntegerField(null=True, blank=True)
    iteration = models.BigIntegerField()
    value = models.FloatField()
    threshold = models.FloatField(null=True, blank=True)
    peers = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["run", "iteration", "pk"]
        constraints = [models.UniqueConstraint(fields=["run", "band"], name="decision_once_a_band")]
        indexes = [models.Index(fields=["sweep", "stop"], name="decision_sweep_stop")]

    def __str__(self) -> str:
        return f"{self.rule}: {'stop' if self.stop else 'go on'}"
