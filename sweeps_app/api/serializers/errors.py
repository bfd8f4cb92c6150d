"""The shape of every error, for the schema; `errors.py` writes it."""

from typing import Any

from rest_framework import serializers


class ProblemEntrySerializer(serializers.Serializer[Any]):
    """One thing that is wrong."""

    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="What is wrong and what to do, for people.")
    attr = serializers.CharField(allow_null=True, help_text="Dotted path of the field; null for the whole request.")


class ErrorSerializer(serializers.Serializer[Any]):
    """Every error has this shape; several problems of one request are told at once."""

    type = serializers.ChoiceField(choices=["validation_error", "client_error", "server_error"])
    # A field leaves the class when it is made, so that it does not hide the property of the same name.
    errors = ProblemEntrySerializer(many=True)  # type: ignore[assignment]


class OffsetGapSerializer(ErrorSerializer):
    """Rows are missing before the batch (code `offset_gap`), or the attempt is over (`stale_attempt`)."""

    expected = serializers.IntegerField(required=False, help_text="Of an offset gap: send again from this offset.")
