"""The embedded broker: kombu's folder of messages, of which readers see whole ones alone.

Kombu makes a message's file, and fills it afterwards. A worker that looks at that moment, or a disk that is full, turns
it into an empty message, and one of these ends the worker with the jobs that it runs.
"""

import logging
from contextlib import suppress
from pathlib import Path
from queue import Empty
from time import monotonic_ns
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """A channel whose messages are in the folder whole, or not at all."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]  # as kombu has it itself
        """Put a message into the folder. Raises `ChannelError`, such as for a disk that is full."""
        # Readers take the names in their order, and none that begins with a dot.
        name = f"{monotonic_ns() // 10**6}_{uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        part = folder / f".{name}"
        try:
            part.write_bytes(str_to_bytes(dumps(payload)))
            part.rename(folder / name)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise ChannelError(f"cannot add a message to {folder}: {error}") from error

    def _get(self, queue: str) -> Any:  # type: ignore[override]  # as kombu has it itself
        """Return the next message that can be read; raises `Empty` where there is none.

        Kombu takes it through the folder for temporary files, and finds none while that is full.
        """
        folder = Path(self.data_folder_in)
        for name in sorted(path.name for path in folder.iterdir()):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f".{name}.taken"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:  # another worker has it
                continue
            content = taken.read_bytes()
            taken.unlink()
            try:
                return loads(bytes_to_str(content))
            except ValueError:
                log.warning("a message in %s was not written whole, and is left out", folder)
        raise Empty


class Transport(filesystem.Transport):
    """The transport of these channels."""

    Channel = Channel
