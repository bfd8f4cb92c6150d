"""The containers of compose.yaml: their settings are known ones, and each waits for what it needs."""

import re

import pytest
import yaml

from sweeps_app.config.env import BASE_DIR, SETTINGS, read_environment

COMPOSE = yaml.safe_load((BASE_DIR / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "sweepdeck"}


def test_the_processes_are_those_of_make_run():
    assert set(OURS) == {"prepare", "web", "worker", "beat"}


def test_their_settings_are_known_and_make_sense(tmp_path, monkeypatch):
    known = {setting.name for setting in SETTINGS}
    for service in OURS.values():
        assert set(service["environment"]) <= known
        for name, value in service["environment"].items():
            monkeypatch.setenv(name, re.sub(r"\$\{\w+:[-?]([^}]*)\}", lambda found: found[1].replace(" ", "-"), value))
        read_environment(tmp_path / "none")


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_a_process_starts_after_the_preparation(name):
    assert OURS[name]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}


def test_the_database_and_the_broker_are_not_published():
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in OURS["web"]["ports"])


def test_the_image_holds_what_the_server_imports():
    dockerfile = (BASE_DIR / "Dockerfile").read_text()
    copied = set(re.findall(r"^COPY (\S+) ", dockerfile, re.MULTILINE))
    sent = {line[1:] for line in (BASE_DIR / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == sent
    assert copied >= {"manage.py", "requirements.txt", "sweeps_app", "dashboard", "sweepdeck", "templates", "static"}
