"""The variable parts of addresses. What no database can hold as text is no name, so that it leads to a 404."""

from django.urls import register_converter
from django.urls.converters import StringConverter

from sweeps_app.services.sweeps import ACTIONS


class PartConverter(StringConverter):
    """One component of the path: the name of an entity or project, or an id."""

    regex = r"[^/\x00\ud800-\udfff]+"


class ActionConverter(StringConverter):
    """What can be done to a sweep."""

    regex = "|".join(ACTIONS)


class ProgramActionConverter(StringConverter):
    """What can be done to a program."""

    regex = "enable|disable|remove"


register_converter(ProgramActionConverter, "program_action")
register_converter(PartConverter, "part")
register_converter(ActionConverter, "action")
