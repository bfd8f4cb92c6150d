"""What a person tells an agent to do; repeating it changes nothing."""

from collections.abc import Callable

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import Method, operation
from sweeps_app.api.serializers.agents import AgentSerializer
from sweeps_app.api.serializers.base import EmptySerializer
from sweeps_app.api.views.base import ApiView, body_of
from sweeps_app.selectors.access import agent_get
from sweeps_app.services.orders import agent_order
from sweeps_app.services.quarantine import agent_release


def _order(operation_id: str, summary: str) -> Callable[[Method], Method]:
    return operation(
        operation_id,
        summary,
        tag="agents",
        body=EmptySerializer,
        answers={200: AgentSerializer},
        writes=True,
        conflicts=True,
        example={},
    )


class _OrderView(ApiView):
    def _carry_out(self, request: Request, agent_id: str, action: str) -> Response:
        agent = agent_get(self.caller, agent_id)
        body_of(request, EmptySerializer)
        return Response(AgentSerializer(agent_order(agent=agent, action=action)).data)


class AgentPauseView(_OrderView):
    """Pause."""

    @_order("agent_pause", "Pause an agent")
    def post(self, request: Request, agent_id: str) -> Response:
        """Give the agent no more runs for now; the one that it has goes on."""
        return self._carry_out(request, agent_id, "pause")


class AgentResumeView(_OrderView):
    """Resume."""

    @_order("agent_resume", "Resume an agent")
    def post(self, request: Request, agent_id: str) -> Response:
        """Give the agent runs again, after it was paused or told to end after its run."""
        return self._carry_out(request, agent_id, "resume")


class AgentDrainView(_OrderView):
    """Drain."""

    @_order("agent_drain", "Drain an agent")
    def post(self, request: Request, agent_id: str) -> Response:
        """Let the agent end after the run that it has."""
        return self._carry_out(request, agent_id, "drain")


class AgentKillView(_OrderView):
    """Kill."""

    @_order("agent_kill", "Kill an agent")
    def post(self, request: Request, agent_id: str) -> Response:
        """Let the agent end now. Its run is asked to stop, and then waits for another agent. This cannot be undone."""
        return self._carry_out(request, agent_id, "kill")


class AgentReleaseView(ApiView):
    """The end of a quarantine."""

    @operation(
        "agent_release",
        "Release an agent from quarantine",
        tag="agents",
        body=EmptySerializer,
        answers={200: AgentSerializer},
        writes=True,
        example={},
    )
    def post(self, request: Request, agent_id: str) -> Response:
        """Give the agent runs again, and all agents of its host where the whole host is in quarantine. Safe to repeat.

        Only what fails from now on speaks against them.
        """
        agent = agent_get(self.caller, agent_id)
        body_of(request, EmptySerializer)
        return Response(AgentSerializer(agent_release(agent=agent)).data)
