"""The view of a table: which runs, in which order, in which columns. All of it is in the page's address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.http import QueryDict

from sweeps_app.models import SavedView
from sweeps_app.query.columns import join_keys, split_keys
from sweeps_app.query.tokens import quoted
from sweeps_app.selectors.run_selected import selection_named
from sweeps_app.selectors.runs import RunQuery

# What asks for a view of its own; `view=all` asks for the built-in one where another is the default. What is chosen of
# a chart is chosen within the default view.
KEYS = (*(name for name in SavedView.TABLE if name != "size"), "view")
PAGE_SIZE = 50
PAGE_SIZES = (25, 50, 100, 200)
_PLACES = ("page", "open", "fragments")
_SAFE = "/,:"  # what may stand in a query as it is
_OWN = (*SavedView.TABLE, "page", "open")


@dataclass(frozen=True)
class TableView:
    """What an address asks of a table; `parameters` are those of the address, and what it does not say of the `default`
    view, None where the address asks for another one.
    """

    parameters: QueryDict
    default: Mapping[str, str] | None = None

    def get(self, name: str) -> str:
        """Return a parameter, "" where it is not given."""
        return str(self.parameters.get(name, "")).replace("\x00", "")

    def keys(self, name: str) -> list[str]:
        """Return the keys of columns that a parameter lists."""
        return split_keys(self.get(name))

    @property
    def page_size(self) -> int:
        """How many rows a page has."""
        text = self.get("size")
        return int(text) if text in map(str, PAGE_SIZES) else PAGE_SIZE

    @property
    def query_line(self) -> str:
        """The whole filter but the state as one text in the query language."""
        text, query = self.get("text").strip(), self.get("query").strip()
        if not text:
            return query
        return f"{quoted(text)} and ({query})" if query else quoted(text)

    @property
    def own_names(self) -> str:
        """The names of the parameters on which nothing depends but the table, separated by spaces."""
        return " ".join(_OWN)

    @property
    def whole_filter(self) -> str:
        """The whole filter, the state included, as one text in the query language."""
        state, query = self.get("state"), self.query_line
        if not state:
            return query
        return f"state = {state} and ({query})" if query else f"state = {state}"

    @property
    def sort_keys(self) -> list[str]:
        """What the table is sorted by, the first key first."""
        return self.keys("sort") or ["-created_at"]

    @property
    def widths(self) -> dict[str, int]:
        """The widths in pixels that the viewer has given to columns, by key."""
        pairs = [entry.rpartition(":") for entry in self.keys("widths")]
        return {key: min(max(int(width), 40), 1200) for key, _, width in pairs if width.isascii() and width.isdigit()}

    def run_query(self, page: int) -> RunQuery:
        """Return what the database is asked."""
        selection = selection_named(self.get("sel"))
        return RunQuery(self.query_line, self.get("sort"), "", self.get("state"), page, self.page_size, selection)

    def url(self, **changes: Any) -> str:
        """Return the address of this view with other parameters, on its first page; None takes one away."""
        wanted = {name: values for name, values in self.parameters.lists() if name not in _PLACES}
        wanted |= {name: [] if value is None else [str(value)] for name, value in changes.items()}
        pairs = [(name, str(value)) for name, values in wanted.items() for value in values]
        return "?" + "&".join(f"{quote(name, safe=_SAFE)}={quote(value, safe=_SAFE)}" for name, value in pairs)

    def url_sorted(self, key: str, *, also: bool = False) -> str:
        """Return the address of this view sorted by a key, or the other way where it is so already; `also` adds it."""
        now = next((known for known in self.keys("sort") if known.removeprefix("-") == key), None)
        wanted = f"-{key}" if now == key else key
        if not also:
            return self.url(sort=wanted)
        others = [known if known != now else wanted for known in self.sort_keys if self.get("sort") or now]
        return self.url(sort=join_keys(others if now else [*others, wanted]))

    @property
    def explicit(self) -> QueryDict:
        """The parameters as an address that shows just this view, whichever is the default."""
        if self.default is None:
            return self.parameters
        parameters = self.parameters.copy()
        parameters["view"] = "all"
        return parameters

    @property
    def default_query(self) -> str:
        """What holds where the address says nothing else, as a query."""
        return urlencode(self.default or {})

    def settings(self) -> dict[str, str]:
        """Return what of the address describes the view, as it is saved."""
        return {name: self.get(name) for name in SavedView.SETTINGS if self.get(name)}

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """Return the parameters that a form sends along, but for those that are fields of it."""
        return [(name, self.get(name)) for name in self.parameters if name not in (*without, *_PLACES)]


def read_view(given: QueryDict, default: Mapping[str, str] | None) -> TableView:
    """Return the view that an address asks for, or that of the settings `default` where it asks for none."""
    if default is None or any(name in given for name in KEYS):
        return TableView(given.copy())
    parameters = QueryDict(mutable=True)
    for name, value in (*default.items(), *given.items()):
        parameters[name] = str(value)
    return TableView(parameters, default)
