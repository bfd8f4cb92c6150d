"""Alerts of runs."""

from django.db import models
from django.utils import timezone

from sweeps_app.models.run import Run


class RunAlert(models.Model):
    """What a run wanted a person to read, and how much it matters."""

    class Level(models.TextChoices):
        """How much an alert matters."""

        INFO = "info"
        WARNING = "warning"
        ERROR = "error"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="alerts")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    level = models.CharField(max_length=8, choices=Level, default=Level.INFO)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["run", "-created_at"]

    def __str__(self) -> str:
        return self.title
