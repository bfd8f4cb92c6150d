"""Deletion: what is deleted is hidden at once, in one short statement, and removed by a worker afterwards."""

from typing import ClassVar, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)


class LiveManager(models.Manager[Row]):
    """Finds what is not deleted, nor below something that is."""

    def get_queryset(self) -> QuerySet[Row]:
        """Return the rows that there are for everybody."""
        rows = super().get_queryset().filter(deleted_at=None)
        for field in getattr(self.model, "BELOW", ()):
            # Uncorrelated, over an index of nothing but deleted rows: one look-up, where a join would need one a row.
            rows = rows.filter(~Q(**{f"{field}__in": self._deleted(field)}))
        return rows

    def _deleted(self, field: str) -> QuerySet[models.Model]:
        parent = self.model._meta.get_field(field).related_model
        found: QuerySet[models.Model] = parent.everything.filter(deleted_at__isnull=False)  # type: ignore[union-attr]
        return found


class Deletable(models.Model):
    """Something that can be deleted. `objects` finds what is not, `everything` the rest as well.

    `BELOW` names the fields that lead to what it is deleted with.
    """

    BELOW: ClassVar[tuple[str, ...]] = ()

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Deletion(models.Model):
    """Says to whoever follows a project that something is gone; `change` is its number in the project's count.

    A sweep's runs go with it. Old ones are removed, after which `Project.oldest_cursor` tells followers to begin anew.
    """

    class Kind(models.TextChoices):
        """What was deleted."""

        RUN = "run"
        SWEEP = "sweep"

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="deletions")
    kind = models.CharField(max_length=8, choices=Kind)
    public_id = models.CharField(max_length=64)
    change = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["project", "change"]
        indexes = [models.Index(fields=["project", "change"], name="deletion_project_change")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
