"""Whether a page that stays open grows: a sweep's page through hundreds of updates, an hour in time-lapse.

    python benchmarks/page_memory.py --updates 300

Each update is a run that logs or a new one. After every tenth part of them Chromium collects its garbage, and what it
holds is printed: the heap of the page's scripts, the nodes and event listeners that are alive. New runs add lines to
the charts, so that the heap grows a little; what leaks grows with every update.
"""

import argparse
import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import CDPSession, Page

from benchmarks.server import Server, running_server
from tests.browser.chromium import chromium

CONFIG = {
    "method": "random",
    "name": "page memory",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {
        "lr": {"min": 0.0, "max": 1.0},
        "optimizer": {"values": ["adam", "sgd"]},
        "depth": {"min": 1, "max": 9},
    },
}
AGENT = "trainer01"
PARTS = 10
NEW_RUN_EVERY = 10
PATIENCE_SECONDS = 60.0


class Client:
    """Somebody who posts to the REST API."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def post(self, path: str, body: dict) -> dict:
        headers = {"Authorization": f"Bearer {self._server.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._server.url}/api/v1{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())


class Trainer:
    """An agent whose run logs one row at a time."""

    def __init__(self, client: Client, sweep: str) -> None:
        self._client = client
        client.post(f"/sweeps/{sweep}/agents", {"agent_id": AGENT, "host": "bench"})
        self._runs = 0
        self.begin()

    def begin(self) -> None:
        """End the run that there is, and begin the next one."""
        if self._runs:
            self._client.post(f"{self._place}/finish", {"exit_code": 0})
        self._runs += 1
        body = {"request_id": f"request-{self._runs}", "start": {}, "wait": 20}
        run = self._client.post(f"/agents/{AGENT}/next", body)["run"]
        self._place, self._rows = f"/runs/{run['entity']}/{run['project']}/{run['run_id']}", 0

    def log(self) -> None:
        """Log a row."""
        row = {"loss": 1 / (1 + self._rows + self._runs)}
        self._client.post(f"{self._place}/history", {"offset": self._rows, "rows": [row]})
        self._rows += 1


def main() -> None:
    """Open the page, let things happen, and tell what it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--updates", type=int, default=300)
    updates = parser.parse_args().updates
    with running_server() as server, open_page(server) as (page, cdp):
        client = Client(server)
        made = client.post("/sweeps", {"config": CONFIG, "project": "memory"})
        trainer = Trainer(client, made["sweep_id"])
        trainer.log()
        page.goto(f"{server.url}/owner/memory/sweeps/{made['sweep_id']}")
        print(f"{'updates':>8} {'heap MB':>8} {'nodes':>8} {'listeners':>10}")
        for number in range(updates + 1):
            if number % max(updates // PARTS, 1) == 0:
                print("{:8} {:8.2f} {:8} {:10}".format(number, *held(cdp)), flush=True)
            if number % NEW_RUN_EVERY == NEW_RUN_EVERY - 1:
                trainer.begin()
            update(page, trainer)


@contextmanager
def open_page(server: Server) -> Iterator[tuple[Page, CDPSession]]:
    """Open a window of the server's owner."""
    credentials = (server.data / "credentials").read_text()
    password = next(line.split(":", 1)[1].strip() for line in credentials.splitlines() if "assword" in line)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 4000})  # tall: every chart is in view
        page.goto(f"{server.url}/login")
        page.get_by_label("Username").fill("owner")
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{server.url}/")
        yield page, page.context.new_cdp_session(page)


def update(page: Page, trainer: Trainer) -> None:
    """Log a row, and wait until the page shows another version of its runs."""
    version = "document.querySelector('[data-parallel]')?.dataset.version"
    before, deadline = page.evaluate(version), time.monotonic() + PATIENCE_SECONDS
    trainer.log()
    while page.evaluate(version) == before:
        if time.monotonic() > deadline:
            raise RuntimeError("the update did not reach the page")
        page.wait_for_timeout(20)


def held(cdp: CDPSession) -> tuple[float, int, int]:
    """Return the megabytes of the heap, the nodes and the listeners that are left after collecting garbage."""
    for _ in range(3):
        cdp.send("HeapProfiler.collectGarbage")
    cdp.send("Performance.enable")
    found = {each["name"]: each["value"] for each in cdp.send("Performance.getMetrics")["metrics"]}
    return found["JSHeapUsedSize"] / 1e6, int(found["Nodes"]), int(found["JSEventListeners"])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sweeps_app.config.settings")
    main()
