"""Facts and constraints; every rule that a race could break is a constraint of the database."""

from sweeps_app.models.agent import Agent, AgentJob
from sweeps_app.models.analysis import AnalysisResult
from sweeps_app.models.entity import Entity, Membership, User
from sweeps_app.models.history import HistoryChunk, RunMetric
from sweeps_app.models.key import ApiKey
from sweeps_app.models.project import Project
from sweeps_app.models.result import Result
from sweeps_app.models.run import Run
from sweeps_app.models.stopping import RunRung, StoppingDecision
from sweeps_app.models.sweep import Suggestion, Sweep, SweepVersion

__all__ = [
    "Agent",
    "AgentJob",
    "AnalysisResult",
    "ApiKey",
    "Entity",
    "HistoryChunk",
    "Membership",
    "Project",
    "Result",
    "Run",
    "RunMetric",
    "RunRung",
    "StoppingDecision",
    "Suggestion",
    "Sweep",
    "SweepVersion",
    "User",
]
