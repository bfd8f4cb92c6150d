"""What the settings become under other environments, and the database as it is really opened."""

import pytest
from django.db import connection

from tests.config.settings import settings_under

SQLITE_ONLY = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own settings")


@SQLITE_ONLY
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 1),
        ("foreign_keys", 1),
        ("mmap_size", 128 * 1024**2),
        ("busy_timeout", 30_000),
    ],
)
def test_sqlite_is_opened_for_many_processes(pragma, value):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        assert cursor.fetchone() == (value,)


@SQLITE_ONLY
@pytest.mark.django_db(transaction=True)
def test_a_transaction_takes_the_write_lock_when_it_begins():
    assert connection.transaction_mode == "IMMEDIATE"


def test_a_database_address_becomes_postgresql_with_a_pool(tmp_path):
    found = settings_under(
        tmp_path,
        "DATABASES",
        SWEEPDECK_DATABASE_URL="postgres://ann:p%40ss@db.lan:5433/sweeps?sslmode=require",
        SWEEPDECK_DATABASE_POOL="3",
    )["DATABASES"]["default"]
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert [found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "ann",
        "p@ss",
        "db.lan",
        5433,
        "sweeps",
    ]
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["pool"]["max_size"] == 3
    assert found["OPTIONS"]["pool"]["reconnect_timeout"] <= 10  # after an outage its attempts would be minutes apart
    assert found["OPTIONS"]["prepare_threshold"] is not None


def test_nothing_is_prepared_behind_a_pooler_that_takes_no_prepared_statements(tmp_path):
    told = {"SWEEPDECK_DATABASE_URL": "postgres://ann@db.lan/sweeps", "SWEEPDECK_DATABASE_PREPARE": "false"}
    found = settings_under(tmp_path, "DATABASES", **told)["DATABASES"]["default"]
    assert found["OPTIONS"]["prepare_threshold"] is None


def test_a_broker_address_takes_the_place_of_the_embedded_one(tmp_path):
    names = ("IS_EMBEDDED_BROKER", "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT_OPTIONS")
    embedded = settings_under(tmp_path, *names)
    assert embedded["IS_EMBEDDED_BROKER"]
    assert embedded["CELERY_BROKER_TRANSPORT_OPTIONS"]["data_folder_in"].startswith(str(tmp_path))
    redis = settings_under(tmp_path, *names, SWEEPDECK_BROKER_URL="redis://cache:6379/3")
    assert redis == dict(zip(names, (False, "redis://cache:6379/3", {}), strict=True))


def test_https_turns_on_what_keeps_sessions_safe(tmp_path):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_PROXY_SSL_HEADER", "DEBUG")
    plain = settings_under(tmp_path, *names)
    assert plain == dict.fromkeys(names[:3], False) | {"SECURE_PROXY_SSL_HEADER": None, "DEBUG": False}
    secure = settings_under(
        tmp_path,
        *names,
        "ALLOWED_HOSTS",
        "SECURE_HSTS_SECONDS",
        SWEEPDECK_PUBLIC_URL="https://sweeps.example.org",
        SWEEPDECK_BEHIND_PROXY="true",
        SWEEPDECK_ALLOWED_HOSTS="web",
    )
    assert [secure[name] for name in names[:3]] == [True] * 3
    assert secure["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert secure["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert secure["ALLOWED_HOSTS"] == ["sweeps.example.org", "localhost", "127.0.0.1", "[::1]", "web"]


def test_slots_leave_threads_for_what_is_not_an_agent_job(tmp_path):
    names = ("WORKER_SLOTS", "CELERY_WORKER_CONCURRENCY", "WORKER_BASE_URL")
    found = settings_under(tmp_path, *names, SWEEPDECK_WORKER_SLOTS="3", SWEEPDECK_WORKER_BASE_URL="http://web:8000/")
    assert (found["WORKER_SLOTS"], found["WORKER_BASE_URL"]) == (3, "http://web:8000")
    assert found["CELERY_WORKER_CONCURRENCY"] > 3
