"""The files of runs in a bucket; loaded, and boto3 with it, when a process first touches a file."""

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage

_IN_MEMORY = 4 * 1024 * 1024


class S3Files(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """An S3 storage that any server which speaks S3 can serve."""

    def get_default_settings(self) -> dict[str, Any]:
        """Return the library's settings with ours."""
        config = Config(
            signature_version="s3v4",
            # A bucket in the path works everywhere, and newer checksums are not known everywhere.
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=10,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 3},
        )
        found: dict[str, Any] = super().get_default_settings()
        return found | {"client_config": config, "max_memory_size": _IN_MEMORY}
