"""Attempts: how often a run of a sweep was tried, and how each time but the last one ended."""

from django.conf import settings
from django.db import models

from sweeps_app.models.agent import Agent
from sweeps_app.models.run import Run


class RunAttempt(models.Model):
    """How an attempt at a run ended that was not its last one, and why another one was to follow."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    cause = models.CharField(max_length=10, choices=Run.Cause)
    state = models.CharField(max_length=16, choices=Run.State)
    agent = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    host = models.CharField(max_length=200, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    error = models.TextField(blank=True)
    summary = models.JSONField(default=dict)
    last_step = models.BigIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="run_attempt_once")]

    def __str__(self) -> str:
        return f"attempt {self.number}"
