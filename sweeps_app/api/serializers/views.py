"""Saved views of run tables."""

from typing import Any

from rest_framework import serializers

from sweeps_app.api.fields import Flag, Text
from sweeps_app.api.serializers.base import Input
from sweeps_app.models import SavedView
from sweeps_app.services.views import MAX_SETTING

_HELP = dict.fromkeys(SavedView.CHARTS, "What is chosen of a chart, as in the address of the sweep's page.") | {
    "query": "A filter in the query language.",
    "text": "Part of the name, the id or the host.",
    "state": "Only runs in this state.",
    "sort": "Comma-separated columns, `-` for descending.",
    "columns": "Comma-separated columns, in their order.",
    "pinned": "Columns that stay in view, or `none`.",
    "widths": "Widths in pixels, as in `name:240,config.lr:90`.",
    "group": "Columns to group by.",
    "size": "Rows on a page.",
}


class ViewSettingsSerializer(Input):
    """What describes a view; what is left out is as in the built-in one."""

    def get_fields(self) -> dict[str, Any]:
        """Return a text for each setting."""
        texts: dict[str, Any] = {
            name: Text(max_length=MAX_SETTING, required=False, help_text=_HELP[name]) for name in SavedView.SETTINGS
        }
        return texts


class ViewPutSerializer(Input):
    """What a view is to be."""

    settings = ViewSettingsSerializer()
    is_default = Flag(default=False, help_text="Pages show it whose address asks for no view.")


class ViewSerializer(serializers.Serializer[Any]):
    """A saved view."""

    name = serializers.CharField()
    settings = serializers.DictField(child=serializers.CharField())
    is_default = serializers.BooleanField()
    created_by = serializers.CharField(source="created_by.username", allow_null=True)
    created_at = serializers.DateTimeField()
