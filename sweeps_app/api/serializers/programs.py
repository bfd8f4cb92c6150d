"""Programs that agent jobs of a project may execute."""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.fields import Choice, Flag, Id, JsonObject, Text, TextList
from sweeps_app.api.serializers.base import Input, PageOutput
from sweeps_app.models import Program
from sweeps_app.models.identifiers import program_name_pattern

KINDS = tuple(Program.Kind.values)
ENTRIES = tuple(Program.Entry.values)


class ProgramSerializer(serializers.Serializer[Any]):
    """What agent jobs of a project may execute. Of secrets the server knows the names only."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="A folder of the workers' machines, or the address of a git repository."
    )
    revision = serializers.CharField(help_text="The branch, tag or commit that was asked for; empty for folders.")
    commit = serializers.CharField(help_text="The commit that this was when it was pinned; empty for folders.")
    entry = serializers.ChoiceField(choices=ENTRIES)
    script = serializers.CharField()
    python = serializers.CharField(help_text="The interpreter; empty for the worker's own.")
    environment = JsonObject()
    secrets = serializers.ListField(child=serializers.CharField())
    enabled = serializers.BooleanField(source="is_enabled")
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProgramPageSerializer(PageOutput):
    """One page of programs."""

    results = ProgramSerializer(many=True)


class ProgramUpdateSerializer(Input):
    """What can be changed of a program."""

    source = Text(  # type: ignore[assignment]
        allow_blank=False, max_length=1000, required=False, allow_null=True
    )
    revision = Text(max_length=200, required=False, allow_null=True, help_text="It is resolved to a commit now.")
    entry = Choice(
        ENTRIES,
        required=False,
        allow_null=True,
        help_text="`sweep`: an agent runs the program that the sweep names. `script`: `script` is an agent itself.",
    )
    script = Text(max_length=1000, required=False, allow_null=True, help_text="A path inside the source.")
    python = Text(max_length=1000, required=False, allow_null=True, help_text="A path under an allowed root.")
    environment = JsonObject(required=False, allow_null=True, help_text="Plain variables: names and texts.")
    secrets = TextList(required=False, allow_null=True, help_text="Names of secrets on the workers' machines.")
    enabled = Flag(required=False, allow_null=True)


class ProgramRegisterSerializer(ProgramUpdateSerializer):
    """What registers a program."""

    name = Id(program_name_pattern)
    kind = Choice(KINDS)
    source = Text(allow_blank=False, max_length=1000)
    enabled = None  # type: ignore[assignment]
