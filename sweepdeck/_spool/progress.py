"""How far the server has a journal, in a file that a later process can go on from."""

import json
from pathlib import Path
from typing import Any

from sweepdeck._spool.offsets import Offsets
from sweepdeck._spool.reader import Place


class Progress:
    """Reads and replaces the file; `path` is None where nothing outlives the process."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def load(self, base: int) -> tuple[Place, Offsets]:
        """Return where to go on, from the beginning where nothing usable was noted."""
        try:
            noted = json.loads(self._path.read_text()) if self._path else {}
            return Place(*noted["place"]), Offsets(base, noted["dropped"], noted["moves"])
        except (OSError, ValueError, LookupError, TypeError):
            return Place(), Offsets(base)

    def save(self, place: Place, offsets: Offsets) -> None:
        """Note where to go on. A disk that takes no more only costs sending again what the server has."""
        if self._path is None:
            return
        noted: dict[str, Any] = {
            "place": [place.segment, place.position, place.row],
            "dropped": offsets.dropped,
            "moves": offsets.moves,
        }
        fresh = self._path.with_suffix(".new")
        try:
            fresh.write_text(json.dumps(noted))
            fresh.replace(self._path)
        except OSError:
            return
