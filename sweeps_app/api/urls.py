"""Addresses of the REST API."""

from django.urls import URLPattern, path, re_path

import sweeps_app.api.converters
import sweeps_app.api.openapi  # noqa: F401 (tells the schema about keys and bodies)
from sweeps_app.api.views.account import MeView
from sweeps_app.api.views.agent_orders import (
    AgentDrainView,
    AgentKillView,
    AgentPauseView,
    AgentReleaseView,
    AgentResumeView,
)
from sweeps_app.api.views.agents import (
    AgentExitView,
    AgentHeartbeatView,
    AgentNextView,
    AgentView,
    ProjectAgentsView,
    SweepAgentsView,
)
from sweeps_app.api.views.changes import ChangesView
from sweeps_app.api.views.jobs import (
    JobDrainView,
    JobRelaunchView,
    JobStopView,
    JobView,
    SweepJobsLaunchView,
    SweepJobsView,
)
from sweeps_app.api.views.missing import MissingView
from sweeps_app.api.views.programs import ProgramsView, ProgramView
from sweeps_app.api.views.projects import ProjectArchiveView, ProjectImportView, ProjectsView, ProjectView
from sweeps_app.api.views.retry import RunAttemptsView, RunRetryView, SweepRetryView
from sweeps_app.api.views.run_bulk import ProjectRunsDeleteView, ProjectRunsStopView, ProjectRunsUpdateView
from sweeps_app.api.views.run_console import RunConsoleView
from sweeps_app.api.views.run_files import RunFilesView, RunFileView
from sweeps_app.api.views.run_history import RunCurveView, RunHistoryFileView, RunHistoryView, RunMetricsView
from sweeps_app.api.views.run_lists import ProjectRunsFileView, ProjectRunsView, SweepRunsFileView, SweepRunsView
from sweeps_app.api.views.run_system import RunSystemCurveView, RunSystemFileView, RunSystemMetricsView, RunSystemView
from sweeps_app.api.views.runs import RunFinishView, RunHeartbeatView, RunPreemptingView, RunStopView, RunsView, RunView
from sweeps_app.api.views.saved_views import (
    ProjectSavedViewView,
    ProjectViewsView,
    SweepSavedViewView,
    SweepViewsView,
)
from sweeps_app.api.views.schema import DocsView, SchemaView
from sweeps_app.api.views.shares import SweepSharesView, SweepShareView
from sweeps_app.api.views.sweep_control import SweepCancelView, SweepPauseView, SweepResumeView, SweepStopView
from sweeps_app.api.views.sweep_importance import SweepImportanceView
from sweeps_app.api.views.sweep_report import SweepReportView
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
    path("projects/import", ProjectImportView.as_view()),
    path(_PROJECT, ProjectView.as_view()),
    path(f"{_PROJECT}/programs", ProgramsView.as_view()),
    path(f"{_PROJECT}/programs/<name:program>", ProgramView.as_view()),
    path(f"{_PROJECT}/archive", ProjectArchiveView.as_view()),
    path(f"{_PROJECT}/changes", ChangesView.as_view()),
    path(f"{_PROJECT}/sweeps", ProjectSweepsView.as_view()),
    path(f"{_PROJECT}/runs", ProjectRunsView.as_view()),
    path(f"{_PROJECT}/runs.<runsform:form>", ProjectRunsFileView.as_view()),
    path(f"{_PROJECT}/runs/delete", ProjectRunsDeleteView.as_view()),
    path(f"{_PROJECT}/agents", ProjectAgentsView.as_view()),
    path(f"{_PROJECT}/runs/update", ProjectRunsUpdateView.as_view()),
    path(f"{_PROJECT}/runs/stop", ProjectRunsStopView.as_view()),
    path(f"{_PROJECT}/views", ProjectViewsView.as_view()),
    path(f"{_PROJECT}/views/<name:view>", ProjectSavedViewView.as_view()),
    path("runs", RunsView.as_view()),
    path(_RUN, RunView.as_view()),
    path(f"{_RUN}/history", RunHistoryView.as_view()),
    path(f"{_RUN}/heartbeat", RunHeartbeatView.as_view()),
    path(f"{_RUN}/preempting", RunPreemptingView.as_view()),
    path(f"{_RUN}/finish", RunFinishView.as_view()),
    path(f"{_RUN}/stop", RunStopView.as_view()),
    path(f"{_RUN}/retry", RunRetryView.as_view()),
    path(f"{_RUN}/attempts", RunAttemptsView.as_view()),
    path(f"{_RUN}/metrics", RunMetricsView.as_view()),
    path(f"{_RUN}/curve", RunCurveView.as_view()),
    path(f"{_RUN}/history.<form:form>", RunHistoryFileView.as_view()),
    path(f"{_RUN}/system", RunSystemView.as_view()),
    path(f"{_RUN}/system.<form:form>", RunSystemFileView.as_view()),
    path(f"{_RUN}/system/metrics", RunSystemMetricsView.as_view()),
    path(f"{_RUN}/system/curve", RunSystemCurveView.as_view()),
    path(f"{_RUN}/console", RunConsoleView.as_view()),
    path(f"{_RUN}/files", RunFilesView.as_view()),
    path(f"{_RUN}/files/<filepath:path>", RunFileView.as_view()),
    path(f"{_RUN}/decisions", RunDecisionsView.as_view()),
    path("sweeps", SweepsView.as_view()),
    path("sweeps/validate", SweepValidateView.as_view()),
    path(_SWEEP, SweepView.as_view()),
    path(f"{_SWEEP}/pause", SweepPauseView.as_view()),
    path(f"{_SWEEP}/resume", SweepResumeView.as_view()),
    path(f"{_SWEEP}/stop", SweepStopView.as_view()),
    path(f"{_SWEEP}/cancel", SweepCancelView.as_view()),
    path(f"{_SWEEP}/runs", SweepRunsView.as_view()),
    path(f"{_SWEEP}/retry", SweepRetryView.as_view()),
    path(f"{_SWEEP}/runs.<runsform:form>", SweepRunsFileView.as_view()),
    path(f"{_SWEEP}/views", SweepViewsView.as_view()),
    path(f"{_SWEEP}/views/<name:view>", SweepSavedViewView.as_view()),
    path(f"{_SWEEP}/importance", SweepImportanceView.as_view()),
    path(f"{_SWEEP}/report.html", SweepReportView.as_view()),
    path(f"{_SWEEP}/shares", SweepSharesView.as_view()),
    path(f"{_SWEEP}/shares/<name:share_id>", SweepShareView.as_view()),
    path(f"{_SWEEP}/config", SweepConfigView.as_view()),
    path(f"{_SWEEP}/versions", SweepVersionsView.as_view()),
    path(f"{_SWEEP}/suggestions", SweepSuggestionsView.as_view()),
    path(f"{_SWEEP}/decisions", SweepDecisionsView.as_view()),
    path(f"{_SWEEP}/what-if", SweepWhatIfView.as_view()),
    path(f"{_SWEEP}/agents", SweepAgentsView.as_view()),
    path(f"{_SWEEP}/jobs", SweepJobsView.as_view()),
    path(f"{_SWEEP}/jobs/launch", SweepJobsLaunchView.as_view()),
    path(_AGENT, AgentView.as_view()),
    path(f"{_AGENT}/next", AgentNextView.as_view()),
    path(f"{_AGENT}/heartbeat", AgentHeartbeatView.as_view()),
    path(f"{_AGENT}/exit", AgentExitView.as_view()),
    path(f"{_AGENT}/pause", AgentPauseView.as_view()),
    path(f"{_AGENT}/resume", AgentResumeView.as_view()),
    path(f"{_AGENT}/drain", AgentDrainView.as_view()),
    path(f"{_AGENT}/kill", AgentKillView.as_view()),
    path(f"{_AGENT}/release", AgentReleaseView.as_view()),
    path("jobs/<name:job_id>", JobView.as_view()),
    path("jobs/<name:job_id>/stop", JobStopView.as_view()),
    path("jobs/<name:job_id>/drain", JobDrainView.as_view()),
    path("jobs/<name:job_id>/relaunch", JobRelaunchView.as_view()),
    path("schema", SchemaView.as_view(), name="api-schema"),
    path("docs", DocsView.as_view(), name="api-docs"),
    re_path("", MissingView.as_view()),
]
