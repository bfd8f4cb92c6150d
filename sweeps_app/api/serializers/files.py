"""Files of a run."""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.addresses import file_url
from sweeps_app.api.serializers.base import PageOutput, PageQuery
from sweeps_app.models import RunFile
from sweeps_app.services.files import MAX_PATH


class FileSerializer(serializers.Serializer[Any]):
    """A file."""

    path = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    digest = serializers.CharField(help_text="SHA-256 of the bytes, in hexadecimal digits.")
    content_type = serializers.CharField()
    updated_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField(help_text="The address of the bytes.")

    def get_url(self, file: RunFile) -> str:
        """Return the address of the bytes."""
        return file_url(file.run, file.path)


class FilesQuery(PageQuery):
    """Which files."""

    prefix = serializers.CharField(
        default="",
        allow_blank=True,
        trim_whitespace=False,
        max_length=MAX_PATH,
        help_text="What the path begins with, such as `media/`.",
    )


class FilePageSerializer(PageOutput):
    """One page of files."""

    results = FileSerializer(many=True)
