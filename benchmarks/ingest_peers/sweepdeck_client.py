"""Sweepdeck's SDK, and its REST API for batches. SWEEPDECK_API_KEY has the key."""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import urllib3
from protocol import work

import sweepdeck


class Client:
    """As a training script uses it."""

    def __init__(self, address: str) -> None:
        os.environ |= {"SWEEPDECK_BASE_URL": address, "SWEEPDECK_SILENT": "true", "SWEEPDECK_FINISH_TIMEOUT": "600"}
        self._address = address
        self._pool = urllib3.PoolManager(headers={"Authorization": f"Bearer {os.environ['SWEEPDECK_API_KEY']}"})
        sweepdeck.login()

    def begin(self) -> None:
        self._run = sweepdeck.init(project="bench")

    def log(self, values: dict[str, float], _step: int) -> None:
        self._run.log(values)

    def log_batch(self, rows: list[dict[str, float]], first_step: int) -> None:
        body = json.dumps({"offset": first_step, "rows": rows})
        url = f"{self._address}/api/v1/runs/{self._run.path}/history"
        answer = self._pool.request(
            "POST", url, body=body, headers={**self._pool.headers, "Content-Type": "application/json"}
        )
        assert answer.status == 200, answer.data

    def end(self) -> None:
        self._run.finish()


work(Client)
