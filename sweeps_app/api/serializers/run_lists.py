"""Lists of runs, and what is done to many runs at once."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sweeps_app.api.fields import Choice, Flag, Text, TextList
from sweeps_app.api.serializers.base import Input, PageOutput, PageQuery, Query
from sweeps_app.models import Run
from sweeps_app.query.columns import FIELDS, FIGURES, VALUES
from sweeps_app.query.parser import MAX_LENGTH
from sweeps_app.query.selection import MAX_LENGTH as MAX_SELECTION
from sweeps_app.services.bulk import MAX_NOTES, MAX_RUNS, MAX_TAG

MAX_COLUMNS_TEXT = 10_000
_COLUMNS = ", ".join([*FIELDS, *(f"{source}.NAME" for source in (*VALUES, *FIGURES))])


@extend_schema_field({"type": "array", "items": {"anyOf": [{"$ref": "#/components/schemas/Run"}, {"type": "object"}]}})
class RunRows(serializers.ListField):
    """Runs, or the columns that were asked for of each."""


class RunPageSerializer(PageOutput):
    """One page of runs."""

    results = RunRows(help_text="Runs; with `columns`, an object of these columns for each, null for what is missing.")


class RunFileQuery(Query):
    """Which runs, in which order, and what of them."""

    query = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MAX_LENGTH,
        help_text='A filter such as `lr < 1e-3 and optimizer = "adam"`; docs/runs-table.md describes the language.',
    )
    sort = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=1000,
        help_text=f"Comma-separated columns, `-` for descending: {_COLUMNS}. Default: -created_at.",
    )
    columns = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MAX_COLUMNS_TEXT,
        help_text="Comma-separated columns, as in `sort`: the results have these alone. Default: whole runs.",
    )
    text = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="Part of the name, the id or the host."
    )
    state = Choice(Run.State.values, default="", allow_blank=True, help_text="Only runs in this state.")
    sel = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MAX_SELECTION,
        help_text="What is selected in charts, as in the address of a sweep's page; docs/charts.md describes it.",
    )


class RunListQuery(PageQuery, RunFileQuery):
    """Which page of which runs."""


class RunIdsSerializer(Input):
    """Which runs."""

    run_ids = serializers.ListField(
        child=Text(allow_blank=False, max_length=64),
        min_length=1,
        max_length=MAX_RUNS,
        error_messages={"not_a_list": "Must be a list of run ids."},
        help_text="Ids of runs of the project; those that do not exist are passed over.",
    )


class RunsDeletedSerializer(serializers.Serializer[Any]):
    """How many runs there were."""

    deleted = serializers.IntegerField()


class Tags(TextList):
    """Tags to add or to take away."""

    child = Text(max_length=MAX_TAG, allow_blank=False)


class RunsUpdateSerializer(RunIdsSerializer):
    """What changes in all of some runs; a field that is left out or null stays as it is."""

    add_tags = Tags(required=False, allow_null=True, max_length=100)
    remove_tags = Tags(required=False, allow_null=True, max_length=100)
    notes = Text(
        max_length=MAX_NOTES, required=False, allow_null=True, help_text="Replaces the notes that the runs have."
    )
    hidden = Flag(required=False, allow_null=True, help_text="Whether charts leave the runs out.")


class RunsChangedSerializer(serializers.Serializer[Any]):
    """How many runs that has changed."""

    changed = serializers.IntegerField()
