"""The saved views of a table as links."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import QueryDict

from dashboard.run_table.view import KEYS, TableView
from sweeps_app.models import SavedView


class ViewLink(NamedTuple):
    """A saved view; `is_shown` says that the page shows it as it was saved."""

    name: str
    url: str
    is_default: bool
    is_shown: bool


def view_links(view: TableView, saved: Sequence[SavedView]) -> list[ViewLink]:
    """Return links to views, which come with their settings in the address, so that these may be changed there.

    What is selected in the charts is no part of a view, and stays.
    """
    shown = view.settings() or None
    kept = {"sel": view.get("sel")} if view.get("sel") else {}
    return [ViewLink(one.name, _url(one.settings, kept), one.is_default, one.settings == shown) for one in saved]


def _url(settings: dict[str, str], kept: dict[str, str]) -> str:
    parameters = QueryDict(mutable=True)
    parameters.update({name: settings[name] for name in SavedView.SETTINGS if name in settings})
    if not any(name in parameters for name in KEYS):
        parameters["view"] = "all"
    parameters.update(kept)
    return f"?{parameters.urlencode(safe='/,:')}"
