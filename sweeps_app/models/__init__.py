"""Facts and constraints; every rule that a race could break is a constraint of the database."""

from sweeps_app.models.agent import Agent, AgentJob
from sweeps_app.models.alert import RunAlert
from sweeps_app.models.analysis import AnalysisResult
from sweeps_app.models.attempt import RunAttempt
from sweeps_app.models.console import ConsoleChunk, JobConsoleChunk
from sweeps_app.models.deletion import Deletion
from sweeps_app.models.entity import Entity, Membership, User
from sweeps_app.models.file import RunFile
from sweeps_app.models.history import HistoryChunk, RunMetric, SystemChunk, SystemMetric
from sweeps_app.models.key import ApiKey
from sweeps_app.models.program import Program
from sweeps_app.models.project import Project
from sweeps_app.models.result import Result
from sweeps_app.models.run import Run
from sweeps_app.models.share_link import ShareLink
from sweeps_app.models.stopping import RunRung, StoppingDecision
from sweeps_app.models.sweep import Suggestion, Sweep, SweepVersion
from sweeps_app.models.view import SavedView
from sweeps_app.models.wandb import UnservedRequest, WandbRun
from sweeps_app.models.watch import Watch
from sweeps_app.models.worker import HeldGpu, Worker

__all__ = [
    "Agent",
    "AgentJob",
    "AnalysisResult",
    "ApiKey",
    "ConsoleChunk",
    "Deletion",
    "Entity",
    "HeldGpu",
    "HistoryChunk",
    "JobConsoleChunk",
    "Membership",
    "Program",
    "Project",
    "Result",
    "Run",
    "RunAlert",
    "RunAttempt",
    "RunFile",
    "RunMetric",
    "RunRung",
    "SavedView",
    "ShareLink",
    "StoppingDecision",
    "Suggestion",
    "Sweep",
    "SweepVersion",
    "SystemChunk",
    "SystemMetric",
    "UnservedRequest",
    "User",
    "WandbRun",
    "Watch",
    "Worker",
]
