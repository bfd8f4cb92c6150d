"""Applications, addresses and folders."""

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext

from sweeps_app.config.env import BASE_DIR, read_environment

# Lets Django's generic classes be written with their types, as in `ModelAdmin[Run]`; Django itself only half allows it.
django_stubs_ext.monkeypatch()

env = read_environment()

DATA_DIR = Path(env["SWEEPDECK_DATA_DIR"] or BASE_DIR / "var").expanduser().absolute()
DEBUG = env["SWEEPDECK_DEBUG"]
PUBLIC_URL = env["SWEEPDECK_PUBLIC_URL"]
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or "127.0.0.1"
IS_HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "sweeps_app",
    "dashboard",
]

ROOT_URLCONF = "sweeps_app.config.urls"
ASGI_APPLICATION = "sweeps_app.config.asgi.application"
# More than are busy at a time: most of them wait for the database or for each other.
WEB_THREADS = 16
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "sweeps_app.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

# What tells answers that wait whether there is news.
NEWS = "sweeps_app.selectors.news.news"
# What notes every few seconds that the web is there.
PULSE = "sweeps_app.services.watch.web_watch_keep"
# What tells open pages the same, and how many of them one process tells at once: of all people, and of one session.
MARKS = "sweeps_app.selectors.marks.marks_for_ever"
MAX_STREAMS = 2000
MAX_STREAMS_EACH = 20
# What makes the report of a sweep, for the doors that must not import it.
SWEEP_REPORT = "dashboard.report.document.report_chunks"
SHARING = env["SWEEPDECK_SHARING"]
SHARE_MAX_DAYS = env["SWEEPDECK_SHARE_MAX_DAYS"]
BEHIND_PROXY = env["SWEEPDECK_BEHIND_PROXY"]
RUN_TIMEOUT_SECONDS = env["SWEEPDECK_RUN_TIMEOUT"]
