"""The doors: REST API, admin panel and pages."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("sweeps_app.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("dashboard.urls")),
]
