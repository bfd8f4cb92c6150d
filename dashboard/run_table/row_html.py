"""The rows of the table as HTML. By hand, since a template takes ten times as long for the thousand cells of a page."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape as escaped
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from dashboard.run_table.cells import Cell
from dashboard.run_table.heads import Head
from dashboard.templatetags.sweepdeck import ago, icon, lasting, run_state


def rows_html(rows: Iterable[Any], best: int | None) -> SafeString:
    """Return each `Row` as a row of the table; the run with the primary key `best` has a star.

    Whatever a client wrote is escaped.
    """
    return mark_safe("\n".join(_row(row, best) for row in rows))  # noqa: S308 (each part is escaped)


def escape(value: object) -> str:
    """Return the text of a value, safe between tags and in quotes: Django's own also looks for lazy translations."""
    return escaped(str(value))


def _row(row: Any, best: int | None) -> str:
    run_id, hidden = escape(row.run.run_id), ' class="is-hidden"' if row.run.is_hidden else ""
    box = f'<input type="checkbox" data-select aria-label="Select {escape(row.run)}" hidden>'
    cells = "".join(
        _name(row, head, best) if head.column.key == "name" else _cell(row, head, cell) for head, cell in row.cells
    )
    begin = f'<tr id="run-{run_id}" data-run="{run_id}"{hidden}>\n<td class="pinned check">{box}</td>\n'
    return f"{begin}{cells}</tr>"


def _name(row: Any, head: Head, best: int | None) -> str:
    marks = ""
    if row.run.pk == best:
        marks += f' <span class="best" title="Best run">{icon("star", 12)}<span class="unseen">, best run</span></span>'
    if row.run.is_hidden:
        words = '<span class="unseen">, hidden from charts</span>'
        marks += f' <span class="faint" title="Charts leave this run out">{icon("hidden", 12)}{words}</span>'
    pinned = " pinned" if head.is_pinned else ""
    return f'<th scope="row" class="clip{pinned}"><a href="{escape(row.url)}">{escape(row.run)}</a>{marks}</th>\n'


def _cell(row: Any, head: Head, cell: Cell) -> str:
    begin = _begin(cell.kind, begins=head.begins, is_pinned=head.is_pinned, is_number=cell.is_number)
    title = f' title="{escape(cell.exact)}"' if cell.exact else ""
    return f"{begin}{title}>{_content(row, head, cell)}</td>\n"


@lru_cache(maxsize=256)
def _begin(kind: str, *, begins: bool, is_pinned: bool, is_number: bool) -> str:
    is_clipped = kind == "value" and not is_number
    told = (
        (begins, "group"),
        (is_pinned, "pinned"),
        (kind == "absent", "absent"),
        (is_number, "number"),
        (is_clipped, "clip"),
    )
    classes = " ".join(name for applies, name in told if applies)
    return f'<td class="{classes}"' if classes else "<td"


def _content(row: Any, head: Head, cell: Cell) -> str:
    if cell.kind == "state":
        return run_state(row.run)
    if cell.kind == "time":
        return ago(cell.value)
    if cell.kind == "duration":
        return lasting(row.run.started_at, row.run.finished_at)
    if cell.kind == "tags":
        return "".join(f'<span class="tag">{escape(tag)}</span>' for tag in cell.value)
    if head.column.key == "sweep" and row.sweep_url:
        return f'<a class="soft" href="{escape(row.sweep_url)}">{escape(row.run.sweep)}</a>'
    return escape(cell.text)
