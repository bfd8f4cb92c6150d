"""A pytest plug-in, loaded before Django's settings: tests never touch the data folder of an installation."""

import os
import shutil
import tempfile
from pathlib import Path

_KEPT = ("SWEEPDECK_DATABASE_URL", "SWEEPDECK_BROKER_URL", "SWEEPDECK_DATABASE_POOL", "SWEEPDECK_DATABASE_PREPARE")


def _isolate() -> None:
    for name in [name for name in os.environ if name.startswith("SWEEPDECK_") and name not in _KEPT]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="sweepdeck-tests-"))
    (folder / "static").mkdir()  # where collected files would be, which each test would warn of
    os.environ["SWEEPDECK_DATA_DIR"] = str(folder)


if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker inherits the controller's environment
    _isolate()


def pytest_unconfigure(config):
    """Remove the data folder at the end of the whole session."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ["SWEEPDECK_DATA_DIR"], ignore_errors=True)
