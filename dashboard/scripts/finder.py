"""Bundles among the static files: made from the modules that are there, whenever these have changed."""

import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.utils._os import safe_join

from dashboard.scripts.bundle import bundle, modules_of

# the bundle's name -> the module that it begins with
BUNDLES = {"js/main.bundle.js": "js/main.js"}


class BundleFinder(finders.BaseFinder):
    """Finds the bundles of `BUNDLES`, which stand in a folder of this process.

    A bundle is as old as its newest module, so that who compares files by their times sees no change where none is.
    """

    def __init__(self, *_: Any) -> None:
        self._making = threading.Lock()

    @cached_property
    def _storage(self) -> FileSystemStorage:
        folder = tempfile.mkdtemp(prefix="sweepdeck-bundles-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return FileSystemStorage(location=folder)

    def check(self, **_: Any) -> list[Any]:
        """Return nothing: there are no settings that could be wrong."""
        return []

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """Return where the bundle of this name is; an empty list where there is none."""
        if path not in BUNDLES or not finders.find(BUNDLES[path]):
            return []
        found = str(self._made(path))
        return [found] if find_all else found

    def list(self, _: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield each bundle that has its modules, with the storage that holds it."""
        for name, entry in BUNDLES.items():
            if finders.find(entry):
                self._made(name)
                yield name, self._storage

    def _made(self, name: str) -> Path:
        entry = Path(str(finders.find(BUNDLES[name])))
        newest = max(path.stat().st_mtime_ns for path in modules_of(entry))
        with self._making:
            target = Path(safe_join(self._storage.location, name))
            if not target.is_file() or target.stat().st_mtime_ns != newest:
                target.parent.mkdir(parents=True, exist_ok=True)
                made = target.with_suffix(".new")
                made.write_text(bundle(entry))
                os.utime(made, ns=(newest, newest))
                made.replace(target)
        return target
