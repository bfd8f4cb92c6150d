"""Fields of request bodies: a value of the wrong type is refused, never converted."""

from collections.abc import Sequence
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sweeps_app.models.identifiers import project_name_pattern

MAX_INT32 = 2**31 - 1
MAX_INT64 = 2**63 - 1


class Text(serializers.CharField):
    """Text as it was sent: spaces stay, numbers are not text."""

    default_error_messages = {"invalid": "Must be text.", "blank": "Must not be empty."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **({"allow_blank": True} | kwargs))

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the text; only text counts as blank."""
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class Id(Text):
    """A text of the form that `pattern` tells; an empty one is refused, since it is most likely an unset variable."""

    def __init__(self, pattern: RegexValidator, **kwargs: Any) -> None:
        super().__init__(allow_blank=False, validators=[pattern], **kwargs)


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 128, "pattern": r"^[^/\\#?%:\x00-\x1f]+$"})
class ProjectName(Id):
    """The name of a project; of its form the schema tells what every dialect of regular expressions knows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(project_name_pattern, **kwargs)


class Choice(serializers.ChoiceField):
    """One of a few texts, which the error names."""

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:
        message = f"Must be one of {', '.join(choices)}."
        super().__init__(choices, error_messages={"invalid_choice": message}, **kwargs)


class Integer(serializers.IntegerField):
    """An integer: neither a text of digits, nor a boolean, nor 1.5."""

    default_error_messages = {"invalid": "Must be an integer."}

    def to_internal_value(self, data: Any) -> int:
        """Return the integer."""
        number = integer_or_none(data)
        if number is None:
            self.fail("invalid")
        return number


class Flag(serializers.BooleanField):
    """true or false."""

    default_error_messages = {"invalid": "Must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        """Return the boolean."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


@extend_schema_field({"type": "object", "additionalProperties": {}})
class JsonObject(serializers.Field[dict[str, Any], dict[str, Any], dict[str, Any], Any]):
    """A JSON object of any content, not looked into: the services do that."""

    default_error_messages = {"invalid": "Must be an object."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the object."""
        if not isinstance(data, dict):
            self.fail("invalid")
        return data

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return the object."""
        return value


def integer_or_none(data: Any) -> int | None:
    """Return the integer that `data` is; a float without a fraction is one, since some languages have no others."""
    if isinstance(data, float) and data.is_integer():
        return int(data)
    return None if isinstance(data, bool) or not isinstance(data, int) else data


class TextList(serializers.ListField):
    """A list of short texts, such as tags."""

    default_error_messages = {"not_a_list": "Must be a list of texts."}
    child = Text(max_length=200)


class Seconds(serializers.FloatField):
    """How long an answer may wait, from 0 to 30 seconds; optional."""

    default_error_messages = {"invalid": "Must be a number."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0.0, max_value=30.0, required=False, allow_null=True, **kwargs)

    def to_internal_value(self, data: Any) -> float:
        """Return the number."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)
