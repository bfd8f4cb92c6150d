"""Django's description of the server application."""

from django.apps import AppConfig


class SweepsAppConfig(AppConfig):
    """Models, services, REST API and tasks."""

    name = "sweeps_app"
    verbose_name = "Sweepdeck"
