"""The environment becomes settings, and what is wrong there is said by the variable's name."""

import os
import re
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from sweeps_app.config.env import BASE_DIR, SETTINGS, kept_secret, read_environment


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    """Forget what this test run is told, and what a test reads from a file."""
    for name in [name for name in os.environ if name.startswith("SWEEPDECK_")]:
        monkeypatch.delenv(name)
    before = set(os.environ)
    yield
    for name in set(os.environ) - before:
        os.environ.pop(name)


def _read(tmp_path, text=""):
    dotenv = tmp_path / ".env"
    dotenv.write_text(text)
    return read_environment(dotenv)


def test_nothing_set_gives_the_defaults(tmp_path):
    assert _read(tmp_path) == {setting.name: setting.default for setting in SETTINGS}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("SWEEPDECK_DATABASE_POOL", "3", 3),
        ("SWEEPDECK_DEBUG", "Yes", True),
        ("SWEEPDECK_BEHIND_PROXY", "off", False),
        ("SWEEPDECK_ALLOWED_HOSTS", "web, ,sweeps.lan", ["web", "sweeps.lan"]),
        ("SWEEPDECK_PUBLIC_URL", "https://sweeps.example.org:8443/", "https://sweeps.example.org:8443"),
        ("SWEEPDECK_PUBLIC_URL", "http://[::1]:8000", "http://[::1]:8000"),
        ("SWEEPDECK_DATABASE_URL", "postgres://u:p%40ss@db:5432/name", "postgres://u:p%40ss@db:5432/name"),
        ("SWEEPDECK_DATABASE_URL", "postgresql:///name", "postgresql:///name"),
        ("SWEEPDECK_BROKER_URL", "amqp://u:p@mq//", "amqp://u:p@mq//"),
        ("SWEEPDECK_LOG_LEVEL", "debug", "DEBUG"),
        ("SWEEPDECK_FILES_URL", "s3://K:S%2F@host:9000/bucket", "s3://K:S%2F@host:9000/bucket"),
        ("SWEEPDECK_SECRET_KEY", "$not-a-reference", "$not-a-reference"),
        ("SWEEPDECK_WORKER_SLOTS", " ", 4),
    ],
)
def test_a_value_is_read(tmp_path, monkeypatch, name, text, value):
    monkeypatch.setenv(name, text)
    assert _read(tmp_path)[name] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SWEEPDECK_WORKER_SLOTS", "many"),
        ("SWEEPDECK_WORKER_SLOTS", "0"),
        ("SWEEPDECK_RUN_TIMEOUT", "-5"),
        ("SWEEPDECK_MAX_BODY_BYTES", "1.5"),
        ("SWEEPDECK_DATABASE_POOL", "²"),
        ("SWEEPDECK_DEBUG", "maybe"),
        ("SWEEPDECK_LOG_LEVEL", "LOUD"),
        ("SWEEPDECK_PUBLIC_URL", "sweeps.example.org"),
        ("SWEEPDECK_PUBLIC_URL", "https://"),
        ("SWEEPDECK_PUBLIC_URL", "https://sweeps.example.org/sub"),
        ("SWEEPDECK_PUBLIC_URL", "http://host:99999"),
        ("SWEEPDECK_PUBLIC_URL", "http://[::1"),
        ("SWEEPDECK_WORKER_BASE_URL", "ftp://web"),
        ("SWEEPDECK_DATABASE_URL", "mysql://u@db/name"),
        ("SWEEPDECK_DATABASE_URL", "postgres://u@db"),
        ("SWEEPDECK_BROKER_URL", "kafka://mq"),
        ("SWEEPDECK_BROKER_URL", "redis://"),
        ("SWEEPDECK_FILES_URL", "gs://bucket"),
        ("SWEEPDECK_FILES_URL", "s3:///bucket"),
        ("SWEEPDECK_FILES_URL", "s3://K:S@host"),
        ("SWEEPDECK_FILES_URL", "s3://K:S@host:port/bucket"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(tmp_path, monkeypatch, name, text):
    monkeypatch.setenv(name, text)
    with pytest.raises(ImproperlyConfigured, match=f"^{name} must be [^\n]*$"):
        _read(tmp_path)


def test_all_wrong_values_are_told_at_once_without_passwords(tmp_path, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_DATABASE_URL", "mysql://u:hidden@db/name")
    monkeypatch.setenv("SWEEPDECK_BROKER_URL", "kafka://u:hidden@mq")
    monkeypatch.setenv("SWEEPDECK_WORKER_SLOTS", "x")
    with pytest.raises(ImproperlyConfigured) as caught:
        _read(tmp_path)
    names = re.findall(r"SWEEPDECK_\w+", str(caught.value))
    assert names == ["SWEEPDECK_DATABASE_URL", "SWEEPDECK_BROKER_URL", "SWEEPDECK_WORKER_SLOTS"]
    assert "hidden" not in str(caught.value)


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_WORKER_SLOTS", "2")
    found = _read(tmp_path, "SWEEPDECK_WORKER_SLOTS=7\nSWEEPDECK_RUN_TIMEOUT=60\n")
    assert (found["SWEEPDECK_WORKER_SLOTS"], found["SWEEPDECK_RUN_TIMEOUT"]) == (2, 60)


def test_the_example_lists_every_setting_with_its_meaning_and_default(tmp_path):
    text = (BASE_DIR / ".env.example").read_text()
    listed = re.findall(r"^# (.+)\n#(SWEEPDECK_\w+)=(.*)$", text, re.MULTILINE)
    assert [(meaning, name) for meaning, name, _ in listed] == [(setting.help, setting.name) for setting in SETTINGS]
    assert len(listed) == text.count("SWEEPDECK_"), "a line that is not understood"
    taken = "".join(f"{name}={value}\n" for _, name, value in listed)
    assert _read(tmp_path, taken) == {setting.name: setting.default for setting in SETTINGS}


def test_every_setting_is_used_and_no_other():
    sources = "".join(path.read_text() for path in (BASE_DIR / "sweeps_app" / "config" / "settings").glob("*.py"))
    assert set(re.findall(r'env\["(\w+)"\]', sources)) == {setting.name for setting in SETTINGS}


def test_a_secret_is_made_once_even_by_many_at_once(tmp_path):
    path = tmp_path / "new" / "secret_key"
    found = []
    threads = [threading.Thread(target=lambda: found.append(kept_secret(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(found) == {path.read_text()}
    assert len(found[0]) >= 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret_key"]


def test_a_secret_that_cannot_be_kept_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"^cannot write to .*: make it writable, or set SWEEPDECK_DATA_DIR"):
        kept_secret(tmp_path / "file" / "secret_key")
