"""The history of runs, in compressed columns; see `sweeps_app/columns/codec.py`."""

from django.db import models

from sweeps_app.models.run import Run


class HistoryChunk(models.Model):
    """Rows `first_row` to `first_row + rows - 1` of a run, encoded by `sweeps_app.columns.codec`."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="history_chunks")
    first_row = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    min_step = models.BigIntegerField()
    max_step = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["run", "first_row"]
        constraints = [models.UniqueConstraint(fields=["run", "first_row"], name="chunk_once")]

    def __str__(self) -> str:
        return f"rows {self.first_row} to {self.first_row + self.rows - 1}"


class RunMetric(models.Model):
    """What a page needs of one metric of one run, kept up to date as rows come in.

    `last`, `minimum` and `maximum` are null where there is no such finite number; `series` is a bounded
    down-sampled curve, encoded by `sweeps_app.columns.series`.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="metrics")
    name = models.CharField(max_length=255)
    count = models.BigIntegerField(default=0)
    last = models.FloatField(null=True)
    last_step = models.BigIntegerField(null=True)
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    series = models.BinaryField()

    class Meta:
        ordering = ["run", "name"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="run_metric_once")]

    def __str__(self) -> str:
        return self.name
