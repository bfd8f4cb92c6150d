"""The variable parts of addresses. What no database can hold as text is no name, so that it leads to a 404."""

from django.urls import register_converter
from django.urls.converters import StringConverter

from sweeps_app.selectors.export import FORMS
from sweeps_app.selectors.run_export import RUN_FORMS


class NameConverter(StringConverter):
    """The name of an entity or project, or an id: anything in one component of the path but NUL."""

    regex = r"[^/\x00\ud800-\udfff]+"


class FilePathConverter(StringConverter):
    """The path of a file within a run: the rest of the address."""

    regex = r"[^\x00\ud800-\udfff]+"


class FormConverter(StringConverter):
    """The form of a file of rows."""

    regex = "|".join(FORMS)


class RunsFormConverter(StringConverter):
    """The form of a file of runs."""

    regex = "|".join(RUN_FORMS)


register_converter(NameConverter, "name")
register_converter(RunsFormConverter, "runsform")
register_converter(FormConverter, "form")
register_converter(FilePathConverter, "filepath")
