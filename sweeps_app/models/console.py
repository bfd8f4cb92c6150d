"""What runs and agent jobs print."""

from django.db import models

from sweeps_app.models.agent import AgentJob
from sweeps_app.models.run import Run


class ConsoleChunk(models.Model):
    """Lines `first_line` to `first_line + lines - 1` of a run's output, encoded by `sweeps_app.columns.lines`."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="console_chunks")
    first_line = models.BigIntegerField()
    lines = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["run", "first_line"]
        constraints = [models.UniqueConstraint(fields=["run", "first_line"], name="console_chunk_once")]

    def __str__(self) -> str:
        return f"lines {self.first_line} to {self.first_line + self.lines - 1}"


class JobConsoleChunk(models.Model):
    """Lines of an agent job's output as in `ConsoleChunk`; of much output the chunks in the middle are dropped.

    `characters` is the length of the lines, by which it is decided what is dropped.
    """

    job = models.ForeignKey(AgentJob, on_delete=models.CASCADE, related_name="console_chunks")
    first_line = models.BigIntegerField()
    lines = models.PositiveIntegerField()
    characters = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["job", "first_line"]
        constraints = [models.UniqueConstraint(fields=["job", "first_line"], name="job_console_chunk_once")]

    def __str__(self) -> str:
        return f"lines {self.first_line} to {self.first_line + self.lines - 1}"
