"""Views of run tables that people keep."""

from django.conf import settings as django_settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sweeps_app.models.project import Project
from sweeps_app.models.sweep import Sweep


class SavedView(models.Model):
    """A view of the table of a sweep's runs, or of a project's where `sweep` is null: for everybody who sees these.

    `settings` holds what describes it, as texts by the names of `SETTINGS`, the same as in the page's address: those of
    the `TABLE`, and what is chosen of the `CHARTS`.
    `is_default` is the view that a page shows whose address asks for none.
    """

    TABLE = ("query", "text", "state", "sort", "columns", "pinned", "widths", "group", "size")
    CHARTS = (
        *(f"parallel.{name}" for name in ("shown", "hidden", "order", "flipped", "log", "linear", "color")),
        *(f"scatter.{name}" for name in ("x", "y", "xscale", "yscale", "color", "size")),
        *(f"distribution.{name}" for name in ("column", "by", "scale")),
        *(f"objective.{name}" for name in ("metric", "x", "scale")),
        *(f"pareto.{name}" for name in ("across", "across_goal", "up", "up_goal")),
        *("hypervolume.reference", "hypervolume.x"),
        *("target", "parameter", "with", "slice.page", "slice.scale", "contour.across", "contour.up"),
        *(f"curve.{name}" for name in ("metric", "x", "logx", "logy", "smooth", "amount")),
        *(f"curve.{name}" for name in ("group", "band", "align", "ends", "runs", "most")),
    )
    SETTINGS = (*TABLE, *CHARTS)

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="views")
    sweep = models.ForeignKey(Sweep, null=True, blank=True, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=100)
    settings = models.JSONField(default=dict)
    is_default = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["sweep", "name"], condition=Q(sweep__isnull=False), name="view_of_sweep_once"
            ),
            models.UniqueConstraint(fields=["project", "name"], condition=Q(sweep=None), name="view_of_project_once"),
            models.UniqueConstraint(
                fields=["sweep"], condition=Q(sweep__isnull=False, is_default=True), name="view_default_of_sweep"
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(sweep=None, is_default=True), name="view_default_of_project"
            ),
        ]

    def __str__(self) -> str:
        return self.name
