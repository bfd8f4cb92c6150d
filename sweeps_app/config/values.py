"""How the text of an environment variable becomes a value.

Each function raises `ValueError` that says what the value must be; the message follows the variable's name. Values that
may hold a password are not repeated.
"""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

TRUE = ("true", "yes", "on", "1")
FALSE = ("false", "no", "off", "0")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
DATABASES = ("postgres", "postgresql")
STORAGES = ("s3", "s3+http")
BROKERS = ("redis", "rediss", "amqp", "amqps")
QUEUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def text(value: str) -> str:
    """Return the value as it is."""
    return value


def names(value: str) -> list[str]:
    """Return what stands between the commas."""
    return [name.strip() for name in value.split(",") if name.strip()]


def folder(value: str) -> Path:
    """Return the path of a folder, which need not be there."""
    path = Path(value).expanduser()
    if not path.is_absolute():
        raise ValueError(f"must be an absolute path, not '{value}'")
    return path


def folders(value: str) -> list[Path]:
    """Return the folders whose paths stand between the commas."""
    return [folder(name) for name in names(value)]


def queues(value: str) -> list[str]:
    """Return the names of queues."""
    found = names(value)
    if not found or not all(QUEUE.fullmatch(name) and name != "default" for name in found):
        raise ValueError(f"must be names of letters, digits, '-', '_' and '.', other than default, not '{value}'")
    return found


def flag(value: str) -> bool:
    """Return whether the value means yes."""
    if value.lower() not in (*TRUE, *FALSE):
        raise ValueError(f"must be true or false, not '{value}'")
    return value.lower() in TRUE


def whole_number(minimum: int) -> Callable[[str], int]:
    """Return the function that reads a whole number of `minimum` or more."""

    def read(value: str) -> int:
        number = int(value) if value.isdecimal() else minimum - 1
        if number < minimum:
            raise ValueError(f"must be a whole number of {minimum} or more, not '{value}'")
        return number

    return read


def log_level(value: str) -> str:
    """Return the name of a level."""
    if value.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}, not '{value}'")
    return value.upper()


def web_address(value: str) -> str:
    """Return the address of a server without a slash at its end."""
    address = value.rstrip("/")
    if not _has(address, ("http", "https")) or not urlsplit(address).hostname or urlsplit(address)[2:] != ("", "", ""):
        raise ValueError(f"must be like https://sweeps.example.org, without a path, not '{value}'")
    return address


def database_address(value: str) -> str:
    """Return the address of a PostgreSQL database; one without a host is reached by its Unix socket."""
    if not _has(value, DATABASES) or not urlsplit(value).path.strip("/"):
        raise ValueError("must be like postgres://user:password@host:5432/name")
    return value


def broker_address(value: str) -> str:
    """Return the address of a broker that Celery can use and that this server has the client of."""
    if not _has(value, BROKERS) or not urlsplit(value).hostname:
        raise ValueError("must be like redis://host:6379/0 or amqp://user:password@host//")
    return value


def storage_address(value: str) -> str:
    """Return the address of a bucket on a server that speaks S3."""
    if not _has(value, STORAGES) or not urlsplit(value).hostname or not urlsplit(value).path.strip("/"):
        raise ValueError("must be like s3://KEY:SECRET@host/bucket")
    return value


def _has(address: str, schemes: tuple[str, ...]) -> bool:
    """Tell whether the address has one of the schemes, and as its port, if any, a number that can be one."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and port != 0
