"""The real server in processes of its own, which tests may kill and start again on the same port."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sweepdeck._api import Client
from sweepdeck._errors import CommError
from tests.databases import drop_database, new_database
from tests.sdk.script import ROOT

_PREPARE = """
import sys
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
from sweeps_app.services.installation import installation_prepare
call_command("migrate", interactive=False, verbosity=0)
installation_prepare(folder=Path(sys.argv[1]))
"""


class RealServer:
    """A web server on a new database, with one person, `owner`, and that person's key."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "web.log"
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._socket.set_inheritable(True)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._database = new_database()
        self._environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "sweeps_app.config.settings",
            "PYTHONPATH": str(ROOT),
            "SWEEPDECK_DATA_DIR": str(folder),
            "SWEEPDECK_PUBLIC_URL": self.url,
            "SWEEPDECK_DATABASE_URL": self._database,
        }
        subprocess.run([sys.executable, "-c", _PREPARE, str(folder)], env=self._environment, cwd=ROOT, check=True)
        self.key = (folder / "api_key").read_text().strip()
        self.client = Client(self.url, self.key)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start the web process and wait until it answers; fail with what it said where it ends instead."""
        process = self.launch()
        self.wait_for(lambda: process.poll() is not None or self._answers(), seconds=60)
        assert process.poll() is None, self._log.read_text()[-3000:]

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the web process unless it runs; connections wait until it answers."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sweeps_app.supervisor.web", str(self._socket.fileno())],
                env=self._environment,
                cwd=ROOT,
                pass_fds=(self._socket.fileno(),),
                stdout=log,
                stderr=log,
            )
        return self._process

    def _answers(self) -> bool:
        try:
            return bool(self.client.send("GET", "/me"))
        except CommError:
            return False

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End the web process in the middle of whatever it does."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)

    def close(self) -> None:
        """End the server and remove its database."""
        self.kill()
        self._socket.close()
        drop_database(self._database)

    def get(self, path: str) -> Any:
        """Return the answer to a GET."""
        return self.client.call("GET", path, seconds=60)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the answer to a POST."""
        return self.client.call("POST", path, body or {})

    def runs(self, project: str) -> list[dict[str, Any]]:
        """Return the project's runs, the oldest first."""
        return self.get(f"/projects/owner/{project}/runs?sort=created_at&page_size=100")["results"]

    def rows(self, run: dict[str, Any]) -> list[dict[str, Any]]:
        """Return all of a run's rows, without their timestamps."""
        found: list[dict[str, Any]] = []
        after = -1
        while after is not None:
            place = f"/runs/{run['entity']}/{run['project']}/{run['run_id']}"
            page = self.get(f"{place}/history?after={after}&limit=10000")
            found += [{name: value for name, value in row.items() if name != "_timestamp"} for row in page["rows"]]
            after = page["next_after"]
        return found

    def wait_for(self, condition: Any, seconds: float = 30.0) -> Any:
        """Return what `condition()` gives once it is true; fail after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, "it did not come to be"
            time.sleep(0.05)
        return found
