"""Projects, and the counter by which anyone learns what has changed in one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sweeps_app.models.deletion import Deletable, LiveManager
from sweeps_app.models.entity import Entity
from sweeps_app.models.identifiers import project_name_pattern
from sweeps_app.models.kept_plans import integer, keeping_cursor, kept_form


class Project(Deletable):
    """A named place for sweeps and runs.

    `cursor` grows by one with every change to anything in the project. The row stays locked until that change
    commits, so that whoever has read up to N has seen everything up to N. Deletions before `oldest_cursor` are
    forgotten.

    Runs that ended more than `retention_days` ago are deleted; null keeps them for ever. `author` is the name of who
    made the project on the server that it was imported from. Until `import_until` a project that counts as deleted is
    being imported, and is shown once it is complete.
    """

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=128, validators=[project_name_pattern])
    description = models.TextField(blank=True)
    cursor = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    oldest_cursor = models.BigIntegerField(default=0, editable=False)
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    author = models.CharField(max_length=150, blank=True, editable=False)
    import_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LiveManager["Project"]()
    everything = models.Manager["Project"]()

    class Meta:
        ordering = ["entity__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "name"], condition=Q(deleted_at=None), name="project_name_once")
        ]
        indexes = [
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="project_deleted"),
            models.Index(fields=["retention_days"], condition=Q(retention_days__isnull=False), name="project_retained"),
        ]

    def __str__(self) -> str:
        return f"{self.entity.name}/{self.name}"

    @classmethod
    def next_cursor(cls, project_id: int) -> int:
        """Take the project's next change number; to be called in the transaction that makes the change.

        Raises `Project.DoesNotExist` where the project is gone.
        """
        # One statement where the ORM needs two: every change of anything takes this way.
        with keeping_cursor() as cursor:
            statement = kept_form("UPDATE sweeps_app_project SET cursor = cursor + 1 WHERE id = %s RETURNING cursor")
            cursor.execute(statement, [integer(project_id)])
            row = cursor.fetchone()
        if row is None:
            raise cls.DoesNotExist("the project was deleted")
        return int(row[0])
