"""Addresses of the REST API."""

from django.urls import URLPattern, path, re_path

import sweeps_app.api.converters
import sweeps_app.api.openapi  # noqa: F401 (tells the schema about keys and bodies)
from sweeps_app.api.views.account import MeView
from sweeps_app.api.views.agents import AgentExitView, AgentHeartbeatView, AgentNextView, AgentView, SweepAgentsView
from sweeps_app.api.views.changes import ChangesView
from sweeps_app.api.views.jobs import JobStopView, JobView, SweepJobsView
from sweeps_app.api.views.missing import MissingView
from sweeps_app.api.views.projects import ProjectsView, ProjectView
from sweeps_app.api.views.run_history import RunCurveView, RunHistoryView, RunMetricsView
from sweeps_app.api.views.run_lists import ProjectRunsView, SweepRunsView
from sweeps_app.api.views.runs import RunFinishView, RunHeartbeatView, RunStopView, RunsView, RunView
from sweeps_app.api.views.schema import DocsView, SchemaView
from sweeps_app.api.views.sweep_control import SweepCancelView, SweepPauseView, SweepResumeView, SweepStopView
from sweeps_app.api.views.sweep_importance import SweepImportanceView
from sweeps_app.api.views.sweep_search import (
    RunDecisionsView,
    SweepConfigView,
    SweepDecisionsView,
    SweepSuggestionsView,
    SweepVersionsView,
    SweepWhatIfView,
)
from sweeps_app.api.views.sweeps import ProjectSweepsView, SweepsView, SweepValidateView, SweepView

_PROJECT = "projects/<name:entity>/<name:project>"
_RUN = "runs/<name:entity>/<name:project>/<name:run_id>"
_SWEEP = "sweeps/<name:sweep_id>"
_AGENT = "agents/<name:agent_id>"

urlpatterns: list[URLPattern] = [
    path("me", MeView.as_view()),
    path("projects", ProjectsView.as_view()),
    path(_PROJECT, ProjectView.as_view()),
    path(f"{_PROJECT}/changes", ChangesView.as_view()),
    path(f"{_PROJECT}/sweeps", ProjectSweepsView.as_view()),
    path(f"{_PROJECT}/runs", ProjectRunsView.as_view()),
    path("runs", RunsView.as_view()),
    path(_RUN, RunView.as_view()),
    path(f"{_RUN}/history", RunHistoryView.as_view()),
    path(f"{_RUN}/heartbeat", RunHeartbeatView.as_view()),
    path(f"{_RUN}/finish", RunFinishView.as_view()),
    path(f"{_RUN}/stop", RunStopView.as_view()),
    path(f"{_RUN}/metrics", RunMetricsView.as_view()),
    path(f"{_RUN}/curve", RunCurveView.as_view()),
    path(f"{_RUN}/decisions", RunDecisionsView.as_view()),
    path("sweeps", SweepsView.as_view()),
    path("sweeps/validate", SweepValidateView.as_view()),
    path(_SWEEP, SweepView.as_view()),
    path(f"{_SWEEP}/pause", SweepPauseView.as_view()),
    path(f"{_SWEEP}/resume", SweepResumeView.as_view()),
    path(f"{_SWEEP}/stop", SweepStopView.as_view()),
    path(f"{_SWEEP}/cancel", SweepCancelView.as_view()),
    path(f"{_SWEEP}/runs", SweepRunsView.as_view()),
    path(f"{_SWEEP}/importance", SweepImportanceView.as_view()),
    path(f"{_SWEEP}/config", SweepConfigView.as_view()),
    path(f"{_SWEEP}/versions", SweepVersionsView.as_view()),
    path(f"{_SWEEP}/suggestions", SweepSuggestionsView.as_view()),
    path(f"{_SWEEP}/decisions", SweepDecisionsView.as_view()),
    path(f"{_SWEEP}/what-if", SweepWhatIfView.as_view()),
    path(f"{_SWEEP}/agents", SweepAgentsView.as_view()),
    path(f"{_SWEEP}/jobs", SweepJobsView.as_view()),
    path(_AGENT, AgentView.as_view()),
    path(f"{_AGENT}/next", AgentNextView.as_view()),
    path(f"{_AGENT}/heartbeat", AgentHeartbeatView.as_view()),
    path(f"{_AGENT}/exit", AgentExitView.as_view()),
    path("jobs/<name:job_id>", JobView.as_view()),
    path("jobs/<name:job_id>/stop", JobStopView.as_view()),
    path("schema", SchemaView.as_view(), name="api-schema"),
    path("docs", DocsView.as_view(), name="api-docs"),
    re_path("", MissingView.as_view()),
]
