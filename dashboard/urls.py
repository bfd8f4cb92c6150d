"""Addresses of the pages. Fixed first components are reserved names, which no entity can have."""

from django.urls import path, re_path
from django.views.generic import RedirectView

import dashboard.converters  # noqa: F401 (makes `<part:...>` known)
from dashboard.views.compare import compare, compare_data
from dashboard.views.control import control_sweep, delete_file, stop_run
from dashboard.views.deletion import delete_run, delete_sweep
from dashboard.views.describe import describe_run, preview_notes
from dashboard.views.fleet import fleet, order_agent, release_agent
from dashboard.views.health import healthz
from dashboard.views.home import entity, home
from dashboard.views.icon import favicon
from dashboard.views.job import drain_job, job, job_console_data, job_console_text, relaunch_job, stop_job
from dashboard.views.keys import keys, revoke
from dashboard.views.launch import launch
from dashboard.views.programs import change_program, edit_program, register_program
from dashboard.views.project import project
from dashboard.views.project_settings import delete_project, project_settings
from dashboard.views.report import report
from dashboard.views.retry import retry_run, retry_sweep
from dashboard.views.run import run, run_data
from dashboard.views.run_console import run_console_data, run_console_text
from dashboard.views.run_hint import run_hint
from dashboard.views.run_selection import act_on_runs
from dashboard.views.run_system import system_data
from dashboard.views.run_table import complete_query, table_columns
from dashboard.views.saved_views import delete_view, save_view
from dashboard.views.share import revoke_share, share
from dashboard.views.shared import shared
from dashboard.views.sign_in import sign_in, sign_out, welcome
from dashboard.views.slashes import without_slash
from dashboard.views.stopping import stopping
from dashboard.views.sweep import sweep
from dashboard.views.sweep_data import sweep_data
from dashboard.views.sweep_edit import check_edit, edit_sweep
from dashboard.views.sweep_new import check_new_sweep, new_sweep

_PROJECT = "<part:entity>/<part:project>"
_SWEEP = f"{_PROJECT}/sweeps/<part:sweep_id>"
_JOB = f"{_PROJECT}/jobs/<part:job_id>"
_PROGRAMS = f"{_PROJECT}/settings/programs"
_RUN = f"{_PROJECT}/runs/<part:run_id>"

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon, name="favicon"),
    path("login", sign_in, name="login"),
    path("logout", sign_out, name="logout"),
    path("welcome/<str:uid>/<str:token>", welcome, name="welcome"),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("settings", RedirectView.as_view(pattern_name="keys")),
    path("settings/keys", keys, name="keys"),
    # Where the wandb client sends people who need a key.
    path("authorize", RedirectView.as_view(pattern_name="keys")),
    path("settings/keys/<int:key_id>/revoke", revoke, name="revoke-key"),
    path("share/<str:token>", shared, name="shared"),
    path("<part:entity>", entity, name="entity"),
    path(_PROJECT, project, name="project"),
    path(f"{_PROJECT}/sweeps", RedirectView.as_view(pattern_name="project")),
    path(f"{_PROJECT}/runs", RedirectView.as_view(pattern_name="project")),
    path(f"{_PROJECT}/agents", fleet, name="fleet"),
    path(f"{_PROJECT}/agents/<part:agent_id>/release", release_agent, name="release-agent"),
    path(f"{_PROJECT}/agents/<part:agent_id>/<part:order>", order_agent, name="order-agent"),
    path(f"{_PROJECT}/settings", project_settings, name="project-settings"),
    path(_PROGRAMS, register_program, name="programs"),
    path(f"{_PROGRAMS}/<part:program>", edit_program, name="edit-program"),
    path(f"{_PROGRAMS}/<part:program>/<program_action:action>", change_program, name="change-program"),
    path(f"{_PROJECT}/delete", delete_project, name="delete-project"),
    path(f"{_PROJECT}/compare", compare, name="compare"),
    path(f"{_PROJECT}/compare.<str:kind>", compare_data, name="compare-data"),
    path(f"{_PROJECT}/table/complete", complete_query, name="project-complete"),
    path(f"{_PROJECT}/table/columns", table_columns, name="project-columns"),
    path(f"{_PROJECT}/table/act", act_on_runs, name="project-act"),
    path(f"{_PROJECT}/table/views", save_view, name="project-save-view"),
    path(f"{_PROJECT}/table/views/delete", delete_view, name="project-delete-view"),
    path(f"{_PROJECT}/sweeps/new", new_sweep, name="new-sweep"),
    path(f"{_PROJECT}/sweeps/new/check", check_new_sweep, name="check-new-sweep"),
    path(_SWEEP, sweep, name="sweep"),
    path(f"{_SWEEP}/launch", launch, name="launch"),
    path(f"{_SWEEP}/table/complete", complete_query, name="sweep-complete"),
    path(f"{_SWEEP}/table/columns", table_columns, name="sweep-columns"),
    path(f"{_SWEEP}/table/act", act_on_runs, name="sweep-act"),
    path(f"{_SWEEP}/table/views", save_view, name="sweep-save-view"),
    path(f"{_SWEEP}/table/views/delete", delete_view, name="sweep-delete-view"),
    path(f"{_SWEEP}/stopping", stopping, name="stopping"),
    path(f"{_SWEEP}/edit", edit_sweep, name="edit-sweep"),
    path(f"{_SWEEP}/edit/check", check_edit, name="check-edit-sweep"),
    path(f"{_SWEEP}/delete", delete_sweep, name="delete-sweep"),
    path(f"{_SWEEP}/retry", retry_sweep, name="retry-sweep"),
    path(f"{_SWEEP}/report.html", report, name="report"),
    path(f"{_SWEEP}/share", share, name="share"),
    path(f"{_SWEEP}/share/<part:share_id>/revoke", revoke_share, name="revoke-share"),
    path(f"{_SWEEP}/<action:action>", control_sweep, name="control-sweep"),
    path(f"{_SWEEP}/<str:chart>.<str:kind>", sweep_data, name="sweep-data"),
    path(_JOB, job, name="job"),
    path(f"{_JOB}/stop", stop_job, name="stop-job"),
    path(f"{_JOB}/drain", drain_job, name="drain-job"),
    path(f"{_JOB}/relaunch", relaunch_job, name="relaunch-job"),
    path(f"{_JOB}/console.json", job_console_data, name="job-console"),
    path(f"{_JOB}/console.txt", job_console_text, name="job-console-text"),
    path(_RUN, run, name="run"),
    path(f"{_RUN}/describe", describe_run, name="describe-run"),
    path(f"{_RUN}/describe/preview", preview_notes, name="preview-notes"),
    path(f"{_RUN}/stop", stop_run, name="stop-run"),
    path(f"{_RUN}/retry", retry_run, name="retry-run"),
    path(f"{_RUN}/delete", delete_run, name="delete-run"),
    path(f"{_RUN}/console.json", run_console_data, name="run-console"),
    path(f"{_RUN}/console.txt", run_console_text, name="run-console-text"),
    path(f"{_RUN}/files/delete", delete_file, name="delete-file"),
    path(f"{_RUN}/system.<str:kind>", system_data, name="run-system"),
    path(f"{_RUN}/hint.json", run_hint, name="run-hint"),
    path(f"{_RUN}/curve.<str:kind>", run_data, name="run-data"),
    re_path(r"^(?P<path>.+)/$", without_slash),
]
