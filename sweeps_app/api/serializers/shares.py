"""Share links."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from sweeps_app.api.fields import Integer, Text
from sweeps_app.api.serializers.base import Input
from sweeps_app.models import ShareLink
from sweeps_app.selectors.share_links import Ending, ending_of
from sweeps_app.services.sharing import DEFAULT_DAYS, MAX_NAME


class ShareCreateSerializer(Input):
    """What a link is for, and how long it works."""

    name = Text(max_length=MAX_NAME, default="", help_text="For whom or what it is.")
    days = Integer(
        min_value=1,
        max_value=3650,
        default=DEFAULT_DAYS,
        allow_null=True,
        help_text="Days that it works; null until it is revoked, where the server allows that.",
    )
    request_id = Text(max_length=64, default="", help_text="Sent again, the same link is returned with a new address.")


class ShareSerializer(serializers.Serializer[Any]):
    """A link that shows a sweep to whoever has its address."""

    share_id = serializers.CharField()
    name = serializers.CharField()
    created_by = serializers.CharField(source="created_by.username")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    uses = serializers.IntegerField(help_text="How often it was opened.")
    last_used_at = serializers.DateTimeField(allow_null=True)
    ended = serializers.SerializerMethodField(
        help_text=f"Why it shows nothing any more: {', '.join(Ending)}. null while it works."
    )

    def get_ended(self, link: ShareLink) -> str | None:
        """Return why the link has ended."""
        return ending_of(link, timezone.now())


class ShareMadeSerializer(ShareSerializer):
    """A link with its address, which is in this answer alone: the server keeps a hash of it."""

    url = serializers.SerializerMethodField(help_text="The address; it cannot be asked for again.")

    def get_url(self, link: ShareLink) -> str:
        """Return the address."""
        url: str = self.context["url"]
        return url
