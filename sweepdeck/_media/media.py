"""Values that `log()` takes beside plain ones."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sweepdeck._values import Unstorable

# Keeps bytes as a file of the run.
Write = Callable[[str, bytes], None]
_UNUSABLE = re.compile("[\\\\\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MAX_NAME = 300


class Media:
    """A value that has a type of its own in the history."""

    def logged(self, place: "Place") -> dict[str, Any]:
        """Return what the history holds of it, files being written meanwhile. Raises `OSError`."""
        raise NotImplementedError

    @classmethod
    def logged_together(cls, values: Sequence[Any], place: "Place") -> dict[str, Any]:
        """Return what the history holds of a list of them."""
        del values, place
        raise Unstorable(f"is a list of {cls.__name__}, which are logged one by one")


class Place:
    """Where a value is logged: files are called by its name and step, and by what they hold."""

    def __init__(self, name: str, step: int, write: Write) -> None:
        parts = [part if part not in (".", "..") else "_" for part in _UNUSABLE.sub("_", name).split("/") if part]
        self._name, self._step, self._write = name, step, write
        self._stem = f"{'/'.join(parts)[:_MAX_NAME]}_{step}"

    def below(self, name: str) -> "Place":
        """Return the place of something within the value."""
        return Place(f"{self._name}/{name}", self._step, self._write)

    def file(self, folder: str, extension: str, content: bytes) -> dict[str, Any]:
        """Write a file and return its path, digest and size."""
        digest = hashlib.sha256(content).hexdigest()
        path = f"media/{folder}/{self._stem}_{digest[:20]}.{extension}"
        self._write(path, content)
        return {"path": path, "sha256": digest, "size": len(content)}


def may_hold_media(values: Iterable[Any]) -> bool:
    """Tell whether one of the values may be, or have, a medium."""
    return any(isinstance(value, Media | list | tuple | Mapping) for value in values)


def with_plain(value: Any, name: str, step: int, write: Write) -> Any:
    """Return a logged value with what the history holds in the place of media. Raises `OSError` or `Unstorable`."""
    if isinstance(value, Media):
        return value.logged(Place(name, step, write))
    if isinstance(value, list | tuple) and value and isinstance(value[0], Media):
        return type(value[0]).logged_together(value, Place(name, step, write))
    if isinstance(value, Mapping):
        return {key: with_plain(item, f"{name}/{key}", step, write) for key, item in value.items()}
    return value
