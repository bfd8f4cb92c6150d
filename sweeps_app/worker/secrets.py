"""Secrets of jobs: files of the worker's machine, whose contents appear in no output."""

from collections.abc import Sequence
from pathlib import Path

from sweepdeck._output.mask import MIN_LENGTH


class NoSecret(Exception):
    """A secret that a program is to be given is not there, or cannot be hidden."""


def read_secrets(names: Sequence[str], entity: str, folder: Path | None) -> dict[str, str]:
    """Return the values of secrets: the entity's own, `folder/ENTITY/NAME`, before everybody's, `folder/NAME`.

    Raises `NoSecret`, which names the secret and tells nothing of its value.
    """
    return {name: _read(name, entity, folder) for name in names}


def _read(name: str, entity: str, folder: Path | None) -> str:
    if folder is None:
        raise NoSecret(f"secret {name}: this worker has none, SWEEPDECK_SECRETS_DIR is not set")
    for path in (folder / entity / name, folder / name):
        if path.is_file():
            try:
                value = path.read_text().rstrip("\n")
            except (OSError, ValueError):
                raise NoSecret(f"secret {name}: its file cannot be read as text on this worker") from None
            if len(value) < MIN_LENGTH or "\x00" in value:
                raise NoSecret(f"secret {name}: has less than {MIN_LENGTH} characters, so that it cannot be hidden")
            return value
    raise NoSecret(f"secret {name}: there is no such file in SWEEPDECK_SECRETS_DIR on this worker")
