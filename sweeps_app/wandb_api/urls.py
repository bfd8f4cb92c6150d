"""Addresses that the client of Weights & Biases knows; `graphql` and `files` are no names of entities."""

from django.urls import URLPattern, path

from sweeps_app.wandb_api.views.file_stream import file_stream
from sweeps_app.wandb_api.views.files import run_file
from sweeps_app.wandb_api.views.graphql import graphql
from sweeps_app.wandb_api.views.telemetry import telemetry

_RUN = "files/<str:entity>/<str:project>/<str:run_id>"

urlpatterns: list[URLPattern] = [
    path("graphql", graphql, name="wandb-graphql"),
    path(f"{_RUN}/file_stream", file_stream, name="wandb-file-stream"),
    path(f"{_RUN}/<path:path>", run_file, name="wandb-file"),
    path("sdk/otel/v1/<str:kind>", telemetry, name="wandb-telemetry"),
]
