"""What came of each run of a sweep, as the search has seen it."""

from django.db import models
from django.utils import timezone

from sweeps_app.models.run import Run
from sweeps_app.models.sweep import Suggestion, Sweep


class Result(models.Model):
    """The outcome of a run at the moment when it was learned. It never changes, so every suggestion can be made again.

    `number` counts the sweep's results in the order of their arrival, from 0. `values` has one entry for each
    metric of the sweep, null where the run has no finite number. A run has a second result where its outcome was
    corrected later, as when it was given up as crashed but went on; the newest counts. It stays when its run is
    deleted, since later suggestions were made from it.
    """

    class State(models.TextChoices):
        """Whether the run's values count."""

        FINISHED = "finished"
        FAILED = "failed"

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="results")
    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="results")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="results")
    number = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State)
    values = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["sweep", "number"]
        constraints = [models.UniqueConstraint(fields=["sweep", "number"], name="result_number_once")]

    def __str__(self) -> str:
        return f"result {self.number}"
