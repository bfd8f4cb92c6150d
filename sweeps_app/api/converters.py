"""The variable parts of addresses. What no database can hold as text is no name, so that it leads to a 404."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class NameConverter(StringConverter):
    """The name of an entity or project, or an id: anything in one component of the path but NUL."""

    regex = r"[^/\x00\ud800-\udfff]+"


register_converter(NameConverter, "name")
