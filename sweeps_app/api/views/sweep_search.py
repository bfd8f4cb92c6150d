"""A sweep's versions, suggestions and stopping decisions."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.base import PageQuery
from sweeps_app.api.serializers.search import (
    DecisionPageSerializer,
    DecisionSerializer,
    PostedAnswerSerializer,
    PostedSuggestionsSerializer,
    SuggestionOfSweepSerializer,
    SuggestionPageSerializer,
    SweepConfigSerializer,
    SweepVersionPageSerializer,
    SweepVersionSerializer,
    WhatIfQuerySerializer,
    WhatIfSerializer,
)
from sweeps_app.api.serializers.sweeps import SweepCreatedSerializer
from sweeps_app.api.views.answers import page_answer, sweep_answer
from sweeps_app.api.views.base import ApiView, body_of, query_of
from sweeps_app.selectors.access import run_get, sweep_get
from sweeps_app.selectors.decisions import run_decisions, sweep_decisions, sweep_suggestions, sweep_versions
from sweeps_app.selectors.pages import list_page
from sweeps_app.selectors.what_if import sweep_what_if
from sweeps_app.services.editing import sweep_edit
from sweeps_app.services.posting import Posted, suggestions_post

_CONFIG = {
    "method": "bayes",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.001, "max": 0.01}, "layers": {"value": 2}},
    "run_cap": 200,
}


class SweepConfigView(ApiView):
    """The configuration of a sweep that runs."""

    @operation(
        "sweep_edit",
        "Edit a running sweep",
        tag="sweeps",
        body=SweepConfigSerializer,
        answers={200: SweepCreatedSerializer},
        writes=True,
        conflicts=True,
        example={"config": _CONFIG},
    )
    def put(self, request: Request, sweep_id: str) -> Response:
        """Narrow, widen or fix parameters, change `run_cap`, `early_terminate`, constraints or the target.

        Each change is a new version; runs keep the one that made them, and earlier results count where they fit.
        Sending the same configuration again changes nothing.
        """
        config = body_of(request, SweepConfigSerializer)["config"]
        result = sweep_edit(sweep=sweep_get(self.caller, sweep_id), user=self.caller, config=config)
        return Response(sweep_answer(result.sweep, result.warnings))


class SweepVersionsView(ApiView):
    """The configurations that a sweep has had."""

    @operation(
        "sweep_versions",
        "List a sweep's versions",
        tag="sweeps",
        query=PageQuery,
        answers={200: SweepVersionPageSerializer},
    )
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return the versions of the sweep's configuration, newest first."""
        page = list_page(sweep_versions(sweep_get(self.caller, sweep_id)), **query_of(request, PageQuery))
        return Response(page_answer(page, SweepVersionSerializer(page.rows, many=True)))


class SweepSuggestionsView(ApiView):
    """The suggestions of a sweep."""

    @operation(
        "sweep_suggestions",
        "List a sweep's suggestions",
        tag="sweeps",
        query=PageQuery,
        answers={200: SuggestionPageSerializer},
    )
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return what the search has chosen and why, newest first, what is prepared or was dropped included."""
        page = list_page(sweep_suggestions(sweep_get(self.caller, sweep_id)), **query_of(request, PageQuery))
        return Response(page_answer(page, SuggestionOfSweepSerializer(page.rows, many=True)))

    @operation(
        "sweep_suggest",
        "Queue configurations of your own",
        tag="sweeps",
        body=PostedSuggestionsSerializer,
        answers={200: PostedAnswerSerializer},
        writes=True,
        conflicts=True,
        example={"suggestions": [{"request_id": "trial-1", "config": {"lr": 0.003, "layers": 2}}]},
    )
    def post(self, request: Request, sweep_id: str) -> Response:
        """Queue what agents are to run next, of a sweep with method `custom` or `controller: {type: local}`.

        A `request_id` sent before gives the suggestion that it has become: safe to repeat. With `exhausted` agents
        exit once the queue is empty.
        """
        values = body_of(request, PostedSuggestionsSerializer)
        posted = [Posted(entry["request_id"], entry["config"]) for entry in values["suggestions"]]
        sweep = sweep_get(self.caller, sweep_id)
        found = suggestions_post(sweep=sweep, posted=posted, exhausted=values.get("exhausted", False))
        return Response({"suggestions": SuggestionOfSweepSerializer(found, many=True).data})


class SweepDecisionsView(ApiView):
    """Early stopping in a sweep."""

    @operation(
        "sweep_decisions",
        "List a sweep's stopping decisions",
        tag="sweeps",
        query=PageQuery,
        answers={200: DecisionPageSerializer},
    )
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return the decisions of the sweep's stopping rule, newest first: the newest of each run at each band."""
        page = list_page(sweep_decisions(sweep_get(self.caller, sweep_id)), **query_of(request, PageQuery))
        return Response(page_answer(page, DecisionSerializer(page.rows, many=True)))


class RunDecisionsView(ApiView):
    """Early stopping of a run."""

    @operation(
        "run_decisions",
        "List the stopping decisions about a run",
        tag="runs",
        answers={200: DecisionSerializer(many=True)},
    )
    def get(self, request: Request, entity: str, project: str, run_id: str) -> Response:
        """Return the decisions of the sweep's stopping rule about the run, in the order of its values."""
        decisions = run_decisions(run_get(self.caller, entity, project, run_id))
        return Response(DecisionSerializer(decisions, many=True).data)


class SweepWhatIfView(ApiView):
    """What another stopping rule would have done."""

    @operation(
        "sweep_what_if",
        "Try a stopping rule on a sweep's runs",
        tag="sweeps",
        body=WhatIfQuerySerializer,
        answers={200: WhatIfSerializer},
        writes=True,
        example={"early_terminate": {"type": "hyperband", "min_iter": 3, "eta": 3}},
    )
    def post(self, request: Request, sweep_id: str) -> Response:
        """Replay a rule over the stored histories and say what it saves and which good runs it would have stopped."""
        rule = body_of(request, WhatIfQuerySerializer)["early_terminate"]
        return Response(WhatIfSerializer(sweep_what_if(sweep_get(self.caller, sweep_id), rule)).data)
