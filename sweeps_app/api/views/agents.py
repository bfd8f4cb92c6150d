"""Agents: register, ask for work, keep alive, leave."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.agents import (
    AgentExitSerializer,
    AgentListQuery,
    AgentNextSerializer,
    AgentPageSerializer,
    AgentRegisterSerializer,
    AgentSerializer,
    ClaimSerializer,
    InstructionSerializer,
)
from sweeps_app.api.serializers.base import EmptySerializer
from sweeps_app.api.views.answers import agents_answer
from sweeps_app.api.views.base import ApiView, body_of, given_of, made, query_of, shown
from sweeps_app.api.waiting import wait_for_news
from sweeps_app.selectors.access import agent_get, project_get, sweep_get
from sweeps_app.selectors.fleet import AgentQuery, project_agents, sweep_agents
from sweeps_app.selectors.news import SWEEP
from sweeps_app.services.agents import agent_exit, agent_heartbeat, agent_register
from sweeps_app.services.suggestions import Place, suggestion_claim


class SweepAgentsView(ApiView):
    """The agents of a sweep."""

    @operation(
        "sweep_agents",
        "List the agents of a sweep",
        tag="agents",
        query=AgentListQuery,
        answers={200: AgentPageSerializer},
    )
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return a page of the agents that the sweep has and had, by host."""
        agents = sweep_agents(sweep_get(self.caller, sweep_id))
        return Response(agents_answer(agents, AgentQuery(**query_of(request, AgentListQuery))))

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


class ProjectAgentsView(ApiView):
    """The agents of all sweeps of a project."""

    @operation(
        "project_agents",
        "List the agents of a project",
        tag="agents",
        query=AgentListQuery,
        answers={200: AgentPageSerializer},
    )
    def get(self, request: Request, entity: str, project: str) -> Response:
        """Return a page of the agents that the project's sweeps have and had, by host."""
        agents = project_agents(project_get(self.caller, entity, project))
        return Response(agents_answer(agents, AgentQuery(**query_of(request, AgentListQuery))))


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
        the same run again, so that an answer that was lost on its way costs nothing. Start the run with `POST /runs`,
        or by this question's `start`. Runs that wait for another attempt come first.
        """
        agent = agent_get(self.caller, agent_id)
        values = body_of(request, AgentNextSerializer)
        place = Place(**given_of(values["start"])) if "start" in values else None
        claim = suggestion_claim(agent=agent, request_id=values["request_id"], place=place)
        if claim.command == "wait":
            wait_for_news(request, SWEEP, agent.sweep_id, claim.woken, min(values.get("wait", 0.0), claim.hold))
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
