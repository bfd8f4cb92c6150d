"""What all tests share."""

import pytest


@pytest.fixture(autouse=True)
def _light_settings(settings):
    """Hash passwords fast, and name static files as they are: tests collect none."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(autouse=True)
def sent_tasks(monkeypatch):
    """Keep messages to workers in a list instead of sending them: tests run no worker unless they start one."""
    sent = []

    def keep(name, args=(), kwargs=None, **options):
        sent.append((name, kwargs or {}))

    monkeypatch.setattr("sweeps_app.config.celery.app.send_task", keep)
    return sent
