"""The bodies of answers that several views give."""

from collections.abc import Sequence
from typing import Any, Protocol

from django.db.models import QuerySet
from rest_framework.serializers import BaseSerializer

from sweeps_app.api.serializers.agents import AgentListedSerializer
from sweeps_app.api.serializers.sweeps import SweepCreatedSerializer, SweepSerializer
from sweeps_app.models import Agent, Sweep
from sweeps_app.search.problems import Problem
from sweeps_app.selectors.fleet import AgentQuery, agent_page, current_runs
from sweeps_app.selectors.sweeps import sweep_figures


class Page(Protocol):
    """What a page of any list knows."""

    @property
    def count(self) -> int:
        """Things in the whole list."""

    @property
    def page(self) -> int:
        """The number of this page."""

    @property
    def pages(self) -> int:
        """Pages of the whole list."""


def page_answer(page: Page, results: BaseSerializer[Any] | list[dict[str, Any]]) -> dict[str, Any]:
    """Return a page of a list with its place in it."""
    shown = results if isinstance(results, list) else results.data
    return {"count": page.count, "page": page.page, "pages": page.pages, "results": shown}


def agents_answer(agents: QuerySet[Agent], query: AgentQuery) -> dict[str, Any]:
    """Return the page of `agents` that is asked for, each with the run that it has."""
    page = agent_page(agents, query)
    rows = AgentListedSerializer(page.rows, many=True, context={"runs": current_runs(page.rows)})
    return page_answer(page, rows)


def sweeps_answer(sweeps: Sequence[Sweep]) -> BaseSerializer[Any]:
    """Return sweeps with their figures, read for all of them together."""
    return SweepSerializer(sweeps, many=True, context={"figures": sweep_figures(sweeps)})


def sweep_answer(sweep: Sweep, warnings: Sequence[Problem] | None = None) -> dict[str, Any]:
    """Return one sweep with its figures, and with `warnings` where these are given."""
    context = {"figures": sweep_figures([sweep]), "warnings": warnings}
    shape = SweepSerializer if warnings is None else SweepCreatedSerializer
    return dict(shape(sweep, context=context).data)
