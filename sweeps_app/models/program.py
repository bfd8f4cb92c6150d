"""Programs that the server's workers may execute."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from sweeps_app.models.identifiers import program_name_pattern
from sweeps_app.models.project import Project


class Program(models.Model):
    """What agent jobs of a project may execute, as an admin of the project has registered it.

    `source` is a folder of the workers' machines, or the address of a git repository; of the latter `commit` is what
    `revision` was when it was pinned. `entry` says whether an agent runs the program that a sweep names, or `script`
    is an agent itself. `python` is the interpreter, empty for the worker's own. `secrets` are names only: their values
    are files of the workers' machines.
    """

    class Kind(models.TextChoices):
        """Where the program comes from."""

        FOLDER = "folder"
        GIT = "git"

    class Entry(models.TextChoices):
        """What is started."""

        SWEEP = "sweep", "The program that the sweep names"
        SCRIPT = "script", "A script that calls sweepdeck.agent()"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="programs")
    name = models.CharField(max_length=64, validators=[program_name_pattern])
    kind = models.CharField(max_length=8, choices=Kind)
    source = models.CharField(max_length=1000)
    revision = models.CharField(max_length=200, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    entry = models.CharField(max_length=8, choices=Entry, default=Entry.SWEEP)
    script = models.CharField(max_length=1000, blank=True)
    python = models.CharField(max_length=1000, blank=True)
    environment = models.JSONField(default=dict, blank=True)
    secrets = models.JSONField(default=list, blank=True)
    is_enabled = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["project", "name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="program_name_once")]

    def __str__(self) -> str:
        return self.name
