"""Images that a run has logged among its metrics: values `{"_type": "image-file", "path": …}`, and lists of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sweeps_app.columns.codec import decode
from sweeps_app.columns.rows import STEP, to_rows
from sweeps_app.models import HistoryChunk, Run, RunFile, RunMetric

MAX_NAMES = 50
# So many chunks are looked through for the newest images: an open page asks again and again.
MAX_CHUNKS = 200
_KIND = "._type"
_FIELDS = ("_type", "path", "caption", "filenames", "captions")


class Image(NamedTuple):
    """A file that a run has put, or has yet to put (`is_stored`), and what it said of it."""

    path: str
    caption: str
    is_stored: bool


class Moment(NamedTuple):
    """What was logged at a step."""

    step: int
    images: list[Image]


class Media(NamedTuple):
    """The newest images of one name, in the order in which they were logged."""

    name: str
    moments: list[Moment]


def has_media(run: Run) -> bool:
    """Tell whether a run has logged anything but numbers and texts that has a type of its own."""
    return RunMetric.objects.filter(run=run, name__endswith=_KIND).exists()


def run_media(run: Run, limit: int) -> list[Media]:
    """Return for each name at most the `limit` newest moments at which images were logged."""
    kinds = RunMetric.objects.filter(run=run, name__endswith=_KIND).order_by("name").values_list("name", flat=True)
    names = [kind.removesuffix(_KIND) for kind in kinds[:MAX_NAMES]]
    logged = {name: _newest(run, name, limit) for name in names}
    paths = {path for rows in logged.values() for _, pairs in rows for path, _ in pairs}
    stored = set(RunFile.objects.filter(run=run, path__in=paths).values_list("path", flat=True))
    found = [
        Media(name, [Moment(step, [Image(path, text, path in stored) for path, text in pairs]) for step, pairs in rows])
        for name, rows in logged.items()
    ]
    return [media for media in found if media.moments]


def _newest(run: Run, name: str, limit: int) -> list[tuple[int, list[tuple[str, str]]]]:
    """Return step, and paths with their captions, of the newest rows that have images of this name."""
    columns = {f"{name}.{field}" for field in _FIELDS}
    chunks = HistoryChunk.objects.filter(run=run).order_by("-first_row").values_list("data", flat=True)[:MAX_CHUNKS]
    newest: list[tuple[int, list[tuple[str, str]]]] = []
    for data in chunks.iterator(chunk_size=4):
        for row in reversed(to_rows(decode(data, columns), text_non_finite=True)):
            if pairs := _images({field: row.get(f"{name}.{field}") for field in _FIELDS}):
                newest.append((row[STEP], pairs))
            if len(newest) == limit:
                return newest[::-1]
    return newest[::-1]


def _images(value: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the paths and captions of a logged value; none where it is no image."""
    if value["_type"] == "image-file":
        paths: Sequence[Any] = [value["path"]]
        captions: Sequence[Any] = [value["caption"]]
    elif value["_type"] == "images/separated":
        paths, captions = _list(value["filenames"]), _list(value["captions"])
    else:
        return []
    texts = [*captions, *[""] * len(paths)]
    pairs = zip(paths, texts, strict=False)
    return [(path, text if isinstance(text, str) else "") for path, text in pairs if isinstance(path, str) and path]


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []
