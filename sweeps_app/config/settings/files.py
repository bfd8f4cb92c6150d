"""Files of runs."""

from sweeps_app.config.settings.core import DATA_DIR, env
from sweeps_app.config.storage import files_storage

MAX_FILE_BYTES = env["SWEEPDECK_MAX_FILE_BYTES"]
MAX_ARCHIVE_BYTES = env["SWEEPDECK_MAX_ARCHIVE_BYTES"]
FILES_STORAGE = files_storage(env["SWEEPDECK_FILES_URL"], DATA_DIR / "files")
