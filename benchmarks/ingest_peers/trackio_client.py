"""trackio, which stores in files of this machine (TRACKIO_DIR)."""

import secrets

import trackio
from protocol import work


class Client:
    """As a training script uses it."""

    def __init__(self, _: str) -> None:
        """It needs no server."""

    def begin(self) -> None:
        self._run = trackio.init(
            project="bench", name=secrets.token_hex(6), embed=False, auto_log_gpu=False, auto_log_cpu=False
        )

    def log(self, values: dict[str, float], _step: int) -> None:
        self._run.log(values)

    def log_batch(self, rows: list[dict[str, float]], _first_step: int) -> None:
        for row in rows:
            self._run.log(row)

    def end(self) -> None:
        trackio.finish()


work(Client)
