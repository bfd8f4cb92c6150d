"""Agents: register, ask for work, keep alive, leave."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.agents import (
    AgentExitSerializer,
    AgentNextSerializer,
    AgentRegisterSerializer,
    AgentSerializer,
    ClaimSerializer,
    InstructionSerializer,
)
from sweeps_app.api.serializers.base import EmptySerializer
from sweeps_app.api.views.base import ApiView, body_of, made, shown
from sweeps_app.selectors.access import agent_get, sweep_get
from sweeps_app.services.agents import agent_exit, agent_heartbeat, agent_register
from sweeps_app.services.suggestions import suggestion_claim


class SweepAgentsView(ApiView):
    """The agents of a sweep."""

    @operation(
        "agent_register",
        "Register an agent",
        tag="agents",
        body=AgentRegisterSerializer,
        answers={201: AgentSerializer, 200: AgentSerializer},
        writes=True,
        conflicts=True,
        example={"agent_id": "k3v9x2m1", "host": "node-7", "pid": 4711},
    )
    def post(self, request: Request, sweep_id: str) -> Response:
        """Make an agent of the sweep (201), or return it if it exists (200): safe to repeat.

        An id that another person's or sweep's agent bears is a 409.
        """
        sweep = sweep_get(self.caller, sweep_id)
        agent, created = agent_register(user=self.caller, sweep=sweep, **body_of(request, AgentRegisterSerializer))
        return made(AgentSerializer(agent).data, created=created)


class AgentView(ApiView):
    """One agent."""

    @operation("agent_get", "Read an agent", tag="agents", answers={200: AgentSerializer})
    def get(self, request: Request, agent_id: str) -> Response:
        """Return the agent."""
        return Response(AgentSerializer(agent_get(self.caller, agent_id)).data)


class AgentNextView(ApiView):
    """Where an agent asks for work."""

    @operation(
        "agent_next",
        "Ask for the next run",
        tag="agents",
        body=AgentNextSerializer,
        answers={200: ClaimSerializer},
        writes=True,
        example={"request_id": "k3v9x2m1-1"},
    )
    def post(self, request: Request, agent_id: str) -> Response:
        """Return `run` with a run whose `config` is to be tried, `wait` to ask again later, or `exit`.

        Each configuration is handed out once, however many agents ask. A question with the same `request_id` gets
        the same run again, so that an answer that was lost on its way costs nothing. Start the run with `POST /runs`.
        """
        agent = agent_get(self.caller, agent_id)
        claim = suggestion_claim(agent=agent, **body_of(request, AgentNextSerializer))
        return Response(shown(ClaimSerializer, claim))


class AgentHeartbeatView(ApiView):
    """Signs of life."""

    @operation(
        "agent_heartbeat",
        "Keep an agent alive",
        tag="agents",
        body=EmptySerializer,
        answers={200: InstructionSerializer},
        writes=True,
        example={},
    )
    def post(self, request: Request, agent_id: str) -> Response:
        """Note that the agent is alive, and learn whether to go on; one that is silent for two minutes is lost."""
        agent = agent_get(self.caller, agent_id)
        body_of(request, EmptySerializer)
        instruction = agent_heartbeat(agent=agent)
        return Response(InstructionSerializer(instruction).data)


class AgentExitView(ApiView):
    """The end of an agent."""

    @operation(
        "agent_exit",
        "Leave",
        tag="agents",
        body=AgentExitSerializer,
        answers={200: AgentSerializer},
        writes=True,
        example={"reason": "count reached"},
    )
    def post(self, request: Request, agent_id: str) -> Response:
        """Note that the agent has ended of its own will. Safe to repeat; the first reason stays."""
        agent = agent_get(self.caller, agent_id)
        return Response(AgentSerializer(agent_exit(agent=agent, **body_of(request, AgentExitSerializer))).data)
