"""Projects."""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.addresses import project_url
from sweeps_app.api.fields import Flag, Integer, ProjectName, Text
from sweeps_app.api.serializers.base import Input, PageOutput, PageQuery, Query
from sweeps_app.models import Project
from sweeps_app.services.projects import MAX_RETENTION_DAYS


class ProjectSerializer(serializers.Serializer[Any]):
    """A named place for sweeps and runs."""

    name = serializers.CharField()
    entity = serializers.CharField(source="entity.name")
    description = serializers.CharField()
    archived = serializers.SerializerMethodField()
    cursor = serializers.IntegerField(help_text="Grows with every change to anything in the project.")
    retention_days = serializers.IntegerField(
        allow_null=True, help_text="Runs are deleted so many days after they have ended; null: never."
    )
    created_by = serializers.CharField(source="created_by.username", allow_null=True)
    created_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField(help_text="The project's page.")

    def get_archived(self, project: Project) -> bool:
        """Tell whether the project is put away."""
        return project.archived_at is not None

    def get_url(self, project: Project) -> str:
        """Return the address of the project's page."""
        return project_url(project)


class ImportQuery(Query):
    """Where an uploaded project goes."""

    entity = serializers.CharField(default="", allow_blank=True, max_length=64, help_text="Default: your own.")
    project = serializers.CharField(default="", allow_blank=True, max_length=128, help_text="Default: its old name.")


class ImportedSerializer(serializers.Serializer[Any]):
    """What an archive has become."""

    project = ProjectSerializer()
    runs = serializers.IntegerField()
    new_sweep_ids = serializers.DictField(
        child=serializers.CharField(), help_text="The new id of each sweep whose own was in use, by the old one."
    )


class ProjectPageSerializer(PageOutput):
    """One page of projects."""

    results = ProjectSerializer(many=True)


class ProjectListQuery(PageQuery):
    """Which projects."""

    archived = serializers.BooleanField(default=False, help_text="List the archived projects instead of the others.")


class ProjectCreateSerializer(Input):
    """What makes a project."""

    name = ProjectName()
    entity = Text(
        allow_blank=False, max_length=64, required=False, allow_null=True, help_text="Default: your default entity."
    )
    description = Text(max_length=10_000, required=False, allow_null=True)


class ProjectUpdateSerializer(Input):
    """What can be changed of a project."""

    description = Text(max_length=10_000, required=False, allow_null=True)
    archived = Flag(required=False, allow_null=True)
    retention_days = Integer(
        min_value=0,
        max_value=MAX_RETENTION_DAYS,
        required=False,
        allow_null=True,
        help_text="Days after which ended runs are deleted, but for those with the tag `keep`; 0: never.",
    )
