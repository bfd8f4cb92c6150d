"""The doors: REST API, admin panel, the wandb client's, and pages."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("sweeps_app.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("sweeps_app.wandb_api.urls")),
    path("", include("dashboard.urls")),
]
