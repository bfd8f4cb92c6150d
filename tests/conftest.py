"""What all tests share."""

from datetime import timedelta

import pytest
from hypothesis import settings as hypothesis_settings

# A time limit would fail on a busy machine, and tell nothing of the code.
hypothesis_settings.register_profile("sweepdeck", deadline=None)
hypothesis_settings.load_profile("sweepdeck")


def pytest_collection_modifyitems(items):
    """Begin with the longest tests: at the end, all but one of the processes would wait for them."""
    items.sort(key=lambda item: item.get_closest_marker("wandb_real") is None)


@pytest.fixture(autouse=True)
def _light_settings(settings, monkeypatch):
    """Hash passwords fast, name static files as they are, which tests do not collect, and expect no worker."""
    monkeypatch.setattr("sweeps_app.services.suggestions.GRACE", timedelta(0))
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
