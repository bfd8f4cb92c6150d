"""Addresses of the pages. Fixed first components are reserved names, which no entity can have."""

from django.urls import path, re_path
from django.views.generic import RedirectView

import dashboard.converters  # noqa: F401 (makes `<part:...>` known)
from dashboard.views.control import control_sweep, stop_run
from dashboard.views.health import healthz
from dashboard.views.home import entity, home
from dashboard.views.keys import keys, revoke
from dashboard.views.project import project
from dashboard.views.run import run, run_data
from dashboard.views.sign_in import sign_in, sign_out, welcome
from dashboard.views.slashes import without_slash
from dashboard.views.stopping import stopping
from dashboard.views.sweep import sweep
from dashboard.views.sweep_data import sweep_data
from dashboard.views.sweep_edit import edit_sweep

_PROJECT = "<part:entity>/<part:project>"
_SWEEP = f"{_PROJECT}/sweeps/<part:sweep_id>"
_RUN = f"{_PROJECT}/runs/<part:run_id>"

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("login", sign_in, name="login"),
    path("logout", sign_out, name="logout"),
    path("welcome/<str:uid>/<str:token>", welcome, name="welcome"),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("settings", RedirectView.as_view(pattern_name="keys")),
    path("settings/keys", keys, name="keys"),
    path("settings/keys/<int:key_id>/revoke", revoke, name="revoke-key"),
    path("<part:entity>", entity, name="entity"),
    path(_PROJECT, project, name="project"),
    path(f"{_PROJECT}/sweeps", RedirectView.as_view(pattern_name="project")),
    path(f"{_PROJECT}/runs", RedirectView.as_view(pattern_name="project")),
    path(_SWEEP, sweep, name="sweep"),
    path(f"{_SWEEP}/stopping", stopping, name="stopping"),
    path(f"{_SWEEP}/edit", edit_sweep, name="edit-sweep"),
    path(f"{_SWEEP}/<action:action>", control_sweep, name="control-sweep"),
    path(f"{_SWEEP}/<str:chart>.<str:kind>", sweep_data, name="sweep-data"),
    path(_RUN, run, name="run"),
    path(f"{_RUN}/stop", stop_run, name="stop-run"),
    path(f"{_RUN}/curve.<str:kind>", run_data, name="run-data"),
    re_path(r"^(?P<path>.+)/$", without_slash),
]
