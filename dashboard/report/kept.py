"""Reports that share links show, kept as files until the sweep changes: opening a link again costs next to nothing."""

import gzip
import threading
import time
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import uuid4

from django.conf import settings

from dashboard.report.document import report_chunks, report_version
from sweeps_app.models import Sweep

MAX_KEPT = 50  # files, of two megabytes each for a sweep of ten thousand runs
REST = 10.0  # seconds for which a report is shown although the sweep has changed: one that runs changes all the time
_SUFFIX = ".html.gz"
# One report is made at a time in each process, so that memory and processor are bounded however many links are opened.
_making = threading.Lock()


class KeptReport(NamedTuple):
    """A report as a file compressed with gzip, and the version that it is of."""

    version: str
    file: BinaryIO


def kept_report(sweep: Sweep) -> KeptReport:
    """Return the report of a sweep as it is now, or was a moment ago while somebody else makes the next.

    Raises `NotFound` where the sweep was deleted.
    """
    wanted = _folder() / f"{sweep.pk}-{report_version(sweep)}{_SUFFIX}"
    former = _newest(sweep)
    if found := _opened(wanted):
        return found
    if former and time.time() - _age(former) < REST and (found := _opened(former)):
        return found
    if not _making.acquire(blocking=former is None):
        return _opened(former) or _made(sweep, wanted)
    try:
        return _opened(wanted) or _made(sweep, wanted)
    finally:
        _making.release()


def _folder() -> Path:
    folder: Path = settings.DATA_DIR / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _newest(sweep: Sweep) -> Path | None:
    return max(_folder().glob(f"{sweep.pk}-*{_SUFFIX}"), key=_age, default=None)


def _age(path: Path) -> float:
    """Return when a file was made; 0 for one that somebody else has removed meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _opened(path: Path | None) -> KeptReport | None:
    if path is None:
        return None
    try:
        return KeptReport(path.name.removesuffix(_SUFFIX), path.open("rb"))
    except FileNotFoundError:
        return None


def _made(sweep: Sweep, target: Path) -> KeptReport:
    draft = target.with_name(f"{uuid4().hex}.draft")
    try:
        with gzip.open(draft, "wb", compresslevel=6) as file:
            for chunk in report_chunks(sweep, is_shared=True):
                file.write(chunk)
        made = KeptReport(target.name.removesuffix(_SUFFIX), draft.open("rb"))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _forget(sweep, target)
    return made


def _forget(sweep: Sweep, newest: Path) -> None:
    """Remove the sweep's older reports, and of all the oldest."""
    kept = sorted(_folder().glob(f"*{_SUFFIX}"), key=_age, reverse=True)
    for place, path in enumerate(kept):
        if path != newest and (place >= MAX_KEPT or path.name.startswith(f"{sweep.pk}-")):
            path.unlink(missing_ok=True)
