"""The admin panel: find, inspect and act on what the server holds, without loading it all."""

from django.contrib import admin

from sweeps_app.admin.accounts import ApiKeyAdmin, EntityAdmin, PersonAdmin
from sweeps_app.admin.clients import UnservedRequestAdmin
from sweeps_app.admin.programs import ProgramAdmin, WorkerAdmin
from sweeps_app.admin.sharing import ShareLinkAdmin
from sweeps_app.admin.work import AgentAdmin, AgentJobAdmin, ProjectAdmin, RunAdmin, SweepAdmin

admin.site.site_header = "Sweepdeck administration"
admin.site.site_title = "Sweepdeck"
admin.site.index_title = "What this server holds"
admin.site.enable_nav_sidebar = False

__all__ = [
    "AgentAdmin",
    "AgentJobAdmin",
    "ApiKeyAdmin",
    "EntityAdmin",
    "PersonAdmin",
    "ProgramAdmin",
    "ProjectAdmin",
    "RunAdmin",
    "ShareLinkAdmin",
    "SweepAdmin",
    "UnservedRequestAdmin",
    "WorkerAdmin",
]
