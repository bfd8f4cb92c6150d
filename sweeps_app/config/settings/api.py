"""Django REST framework, its errors and its schema."""

from sweepdeck._version import __version__
from sweeps_app.config.settings.core import env

MAX_BODY_BYTES = env["SWEEPDECK_MAX_BODY_BYTES"]
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "sweeps_app.api.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["sweeps_app.api.parsers.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "sweeps_app.api.errors.exception_handler",
    "URL_FORMAT_OVERRIDE": None,  # `Accept` chooses the format, and a parameter `format` is a slip like any other
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Sweepdeck",
    "DESCRIPTION": (
        "Projects, sweeps, runs and agents, for any language with an HTTP client; `docs/api.md` shows the whole way by "
        "`curl`. Authenticate with `Authorization: Bearer KEY`; keys are made under Settings, Keys. Bodies are JSON "
        "objects in UTF-8, plain or with `Content-Encoding: gzip`. What belongs to entities that you are not a member "
        "of does not exist for you. Every write is safe to repeat."
    ),
    "VERSION": __version__,
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "TAGS": [
        {"name": "account", "description": "Who you are."},
        {"name": "projects", "description": "Where sweeps and runs live."},
        {"name": "runs", "description": "One training each: configuration in, metrics out."},
        {"name": "files", "description": "What runs keep besides numbers: images, models, anything."},
        {"name": "sweeps", "description": "Searches over a space of configurations."},
        {"name": "agents", "description": "Processes that ask a sweep for runs."},
        {
            "name": "jobs",
            "description": "Agents that the server's own workers run, and the programs that these may execute.",
        },
    ],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "sweeps_app.api.openapi.describe_paths",
        "sweeps_app.api.openapi.require_bodies",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "displayOperationId": True,
        "displayRequestDuration": True,
        "persistAuthorization": False,
        "tryItOutEnabled": True,
    },
    "COMPONENT_SPLIT_REQUEST": True,
    "PATH_CONVERTER_OVERRIDES": {
        "name": {"type": "string", "pattern": "^[^/]+$"},
        "form": {"type": "string", "enum": ["csv", "jsonl", "arrow", "parquet"]},
        "filepath": {"type": "string", "minLength": 1, "maxLength": 500},
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "RunState": "sweeps_app.models.Run.State",
        "SweepState": "sweeps_app.models.Sweep.State",
        "AgentState": "sweeps_app.models.Agent.State",
        "FinishState": "sweeps_app.services.runs.FINISH_STATES",
        "JobState": "sweeps_app.models.AgentJob.State",
        "ParameterKind": "sweeps_app.api.serializers.importance.AXIS_KINDS",
        "ProgramKind": "sweeps_app.api.serializers.programs.KINDS",
        "ProgramEntry": "sweeps_app.api.serializers.programs.ENTRIES",
    },
}
