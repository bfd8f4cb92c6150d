"""Files of a run as its page lists them."""

from pathlib import PurePosixPath
from typing import NamedTuple

from dashboard.formatting import size
from dashboard.views.page import address
from sweeps_app.models import Run, RunFile

MAX_PREVIEW = 262_144  # bytes of a text that are shown in the page
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp")
_TEXTS = ("text/", "application/json", "application/yaml", "application/x-yaml", "application/toml")
_MARKUP = ("text/html", "text/xml")


class ListedFile(NamedTuple):
    """A file with its address, its size in words, and what of it the page can show."""

    file: RunFile
    folder: str
    name: str
    url: str
    size: str
    is_picture: bool
    is_text: bool


def file_address(run: Run, path: str) -> str:
    """Return where a browser gets the bytes of a file."""
    folder = address("api", "v1", "runs", run.project.entity.name, run.project.name, run.run_id, "files")
    return folder + address(*path.split("/"))


def listed_file(run: Run, file: RunFile) -> ListedFile:
    """Return a file as the list shows it."""
    path = PurePosixPath(file.path)
    kind = file.content_type.partition(";")[0].strip().lower()
    return ListedFile(
        file=file,
        folder=file.path.removesuffix(path.name),
        name=path.name,
        url=file_address(run, file.path),
        size=size(file.size),
        is_picture=kind in _PICTURES,
        is_text=kind.startswith(_TEXTS) and kind not in _MARKUP and file.size <= MAX_PREVIEW,
    )
