"""The history of runs and of their machines, in compressed columns; see `sweeps_app/columns/codec.py`."""

from django.db import models

from sweeps_app.models.run import Run


class Chunk(models.Model):
    """Rows `first_row` to `first_row + rows - 1` of a stream of rows, encoded by `sweeps_app.columns.codec`.

    `level` is 0 as the rows came in, and one more than that of the chunks of which it was merged.
    """

    first_row = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    min_step = models.BigIntegerField()
    max_step = models.BigIntegerField()
    level = models.PositiveSmallIntegerField(default=0)
    data = models.BinaryField()

    class Meta:
        abstract = True
        ordering = ["run", "first_row"]

    def __str__(self) -> str:
        return f"rows {self.first_row} to {self.first_row + self.rows - 1}"


class HistoryChunk(Chunk):
    """A part of what a run logged."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="history_chunks")

    class Meta(Chunk.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["run", "first_row"], name="chunk_once")]
        indexes = [models.Index(fields=["run"], name="chunk_unmerged", condition=models.Q(level=0))]


class SystemChunk(Chunk):
    """A part of what was measured of the machine while a run was on it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="system_chunks")

    class Meta(Chunk.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["run", "first_row"], name="system_chunk_once")]
        indexes = [models.Index(fields=["run"], name="system_chunk_unmerged", condition=models.Q(level=0))]


class Metric(models.Model):
    """What a page needs of one metric of one stream of rows, kept up to date as rows come in.

    `last`, `minimum` and `maximum` are null where there is no such finite number; `series` is a bounded
    down-sampled curve, encoded by `sweeps_app.columns.series`.
    """

    name = models.CharField(max_length=255)
    count = models.BigIntegerField(default=0)
    last = models.FloatField(null=True)
    last_step = models.BigIntegerField(null=True)
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    series = models.BinaryField()

    class Meta:
        abstract = True
        ordering = ["run", "name"]

    def __str__(self) -> str:
        return self.name


class RunMetric(Metric):
    """A metric that a run logs."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="metrics")

    class Meta(Metric.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="run_metric_once")]


class SystemMetric(Metric):
    """Something that is measured of a run's machine."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="system_metrics")

    class Meta(Metric.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="system_metric_once")]
