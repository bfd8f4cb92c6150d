"""Since when the server has been there for those who speak to it."""

from django.db import models


class Watch(models.Model):
    """That a part of the server has been there since a moment, as its processes say every few seconds.

    All processes of a part share one row: while any of them reaches the database, the part is there. Whoever was silent
    while it was not may have spoken in vain.
    """

    class Part(models.TextChoices):
        """What is watched: the web processes, which clients speak to, and the workers, which run jobs."""

        WEB = "web"
        WORKERS = "workers"

    part = models.CharField(max_length=8, choices=Part, primary_key=True)
    since = models.DateTimeField()
    heartbeat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part
