"""Which parameters of a sweep matter."""

from dataclasses import asdict
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.analysis.results import Importance
from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.importance import ImportanceQuery, ImportanceSerializer
from sweeps_app.api.views.base import ApiView, query_of
from sweeps_app.selectors.access import sweep_get
from sweeps_app.selectors.analysed_runs import target_names
from sweeps_app.selectors.run_selected import selection_named
from sweeps_app.services.analysis import importance_of

_NOT_YET = Importance(rows=(), runs=0, r2=None, warning="A worker computes the ranking: ask again in some seconds.")


class SweepImportanceView(ApiView):
    """The parameter importance of a sweep."""

    @operation(
        "sweep_importance",
        "Rank the parameters",
        tag="sweeps",
        query=ImportanceQuery,
        answers={200: ImportanceSerializer},
    )
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return how much each parameter matters for a metric, over the runs that have ended.

        With intervals, partial dependence and interactions of pairs; docs/importance.md tells how to read them. A
        worker computes them when somebody asks and runs have changed; the newest known answer is returned at once.
        """
        sweep = sweep_get(self.caller, sweep_id)
        asked = query_of(request, ImportanceQuery)
        selection = selection_named(asked["sel"])
        state = importance_of(sweep=sweep, target=asked["metric"], selection=selection)
        importance = state.importance or _NOT_YET
        answer: dict[str, Any] = asdict(importance) | {"parameters": importance.rows}
        answer |= {"fresh": state.is_fresh, "computed_at": state.computed_at}
        answer |= {"metric": state.target, "metrics": target_names(sweep)}
        return Response(ImportanceSerializer(answer).data)
