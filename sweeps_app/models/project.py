"""Projects, and the counter by which anyone learns what has changed in one."""

from django.conf import settings
from django.db import connection, models

from sweeps_app.models.entity import Entity
from sweeps_app.models.identifiers import project_name_pattern


class Project(models.Model):
    """A named place for sweeps and runs.

    `cursor` grows by one with every change to anything in the project. The row stays locked until that change
    commits, so that whoever has read up to N has seen everything up to N.
    """

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=128, validators=[project_name_pattern])
    description = models.TextField(blank=True)
    cursor = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["entity__name", "name"]
        constraints = [models.UniqueConstraint(fields=["entity", "name"], name="project_name_once")]

    def __str__(self) -> str:
        return f"{self.entity.name}/{self.name}"

    @classmethod
    def next_cursor(cls, project_id: int) -> int:
        """Take the project's next change number; to be called in the transaction that makes the change."""
        # One statement where the ORM needs two: every change of anything takes this way.
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE sweeps_app_project SET cursor = cursor + 1 WHERE id = %s RETURNING cursor", [project_id]
            )
            return int(cursor.fetchone()[0])
