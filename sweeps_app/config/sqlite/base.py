"""The connection to SQLite: transactions of one process take turns, those of several meet at SQLite's own lock."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from sweeps_app.config.sqlite.turns import Turns

_turns: dict[str, Turns] = defaultdict(Turns)
_TIMEOUT = 30.0
SHRINKABLE = "PRAGMA auto_vacuum=INCREMENTAL"


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn when a transaction begins."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turns | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; a new file is made so that it can shrink, which is decided before its first page."""
        path = Path(str(conn_params["database"]))
        # On a file with pages the command takes the write lock, and changes nothing.
        if not path.is_file() or path.stat().st_size == 0:
            self.init_commands.insert(0, SHRINKABLE)  # type: ignore[attr-defined]  # the stubs leave it out
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self) -> None:
        turn = _turns[str(self.settings_dict["NAME"])]
        if not turn.acquire(float(self.settings_dict["OPTIONS"].get("timeout", _TIMEOUT))):
            raise OperationalError("database is locked")
        self._turn = turn
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
        except BaseException:
            self._give_up_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # the stubs leave it out
        self._give_up_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._give_up_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._give_up_turn()

    def _give_up_turn(self) -> None:
        if self._turn is not None:
            turn, self._turn = self._turn, None
            turn.release()
