"""Which parameters of a sweep matter."""

from dataclasses import asdict
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.analysis.importance import Importance
from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.importance import ImportanceSerializer
from sweeps_app.api.views.base import ApiView
from sweeps_app.selectors.access import sweep_get
from sweeps_app.services.analysis import importance_of

_NOT_YET = Importance(rows=(), runs=0, r2=None, warning="A worker computes the ranking: ask again in some seconds.")


class SweepImportanceView(ApiView):
    """The parameter importance of a sweep."""

    @operation("sweep_importance", "Rank the parameters", tag="sweeps", answers={200: ImportanceSerializer})
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return how much each parameter matters for the sweep's metric, over the runs that have ended.

        A worker computes it when somebody asks and runs have changed; the newest known answer is returned at once.
        """
        state = importance_of(sweep=sweep_get(self.caller, sweep_id))
        importance = state.importance or _NOT_YET
        answer: dict[str, Any] = asdict(importance) | {"parameters": importance.rows}
        answer |= {"fresh": state.is_fresh, "computed_at": state.computed_at}
        return Response(ImportanceSerializer(answer).data)
