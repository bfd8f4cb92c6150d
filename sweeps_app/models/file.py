"""Files of runs."""

from django.db import models

from sweeps_app.models.run import Run


class RunFile(models.Model):
    """A file that a run has uploaded; `content` is its name in the storage that is called "files".

    `path` is the name that the run gave it, with slashes between folders. `digest` is the SHA-256 of its bytes, in
    hexadecimal digits.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=500)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    content = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["run", "path"]
        constraints = [models.UniqueConstraint(fields=["run", "path"], name="run_file_once")]

    def __str__(self) -> str:
        return self.path
