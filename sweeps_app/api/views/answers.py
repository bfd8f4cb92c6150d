"""The bodies of answers that several views give."""

from collections.abc import Sequence
from typing import Any, Protocol

from rest_framework.serializers import BaseSerializer

from sweeps_app.api.serializers.sweeps import SweepCreatedSerializer, SweepSerializer
from sweeps_app.models import Sweep
from sweeps_app.search.problems import Problem
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


def page_answer(page: Page, results: BaseSerializer[Any]) -> dict[str, Any]:
    """Return a page of a list with its place in it."""
    return {"count": page.count, "page": page.page, "pages": page.pages, "results": results.data}


def sweeps_answer(sweeps: Sequence[Sweep]) -> BaseSerializer[Any]:
    """Return sweeps with their figures, read for all of them together."""
    return SweepSerializer(sweeps, many=True, context={"figures": sweep_figures(sweeps)})


def sweep_answer(sweep: Sweep, warnings: Sequence[Problem] | None = None) -> dict[str, Any]:
    """Return one sweep with its figures, and with `warnings` where these are given."""
    context = {"figures": sweep_figures([sweep]), "warnings": warnings}
    shape = SweepSerializer if warnings is None else SweepCreatedSerializer
    return dict(shape(sweep, context=context).data)
