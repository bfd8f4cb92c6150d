"""Where files of runs are kept: what the address of a storage means to Django."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_ENDPOINTS = {"s3": "https", "s3+http": "http"}


def files_storage(address: str, folder: Path) -> dict[str, Any]:
    """Return the entry of Django's STORAGES for an address that `values.storage_address` has read, or for a folder."""
    if not address:
        options: dict[str, Any] = {"location": str(folder)}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    parts = urlsplit(address)
    bucket, _, prefix = parts.path.strip("/").partition("/")
    options = {
        "endpoint_url": f"{_ENDPOINTS[parts.scheme]}://{parts.netloc.rpartition('@')[2]}",
        "bucket_name": unquote(bucket),
        "location": unquote(prefix),
        "region_name": parse_qs(parts.query).get("region", [None])[0],
    }
    # Without a key in the address, boto3 looks for one where it always does, such as in the role of the machine.
    if parts.username:
        options |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password or "")}
    return {"BACKEND": "sweeps_app.config.s3_storage.S3Files", "OPTIONS": options}
