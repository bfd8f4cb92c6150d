"""Whether a page that stays open grows: the page of a sweep of many runs, while runs log and new ones begin.

    python -m benchmarks.page_memory --minutes 60 --every 6

Every few seconds a run logs a row, and every fifth time a new one begins. The window has the usual size and looks at
one chart after the other, so that each is drawn again and again. Before each sample Chromium collects its garbage;
printed is what is left: the heap of the page's scripts, the memory of their arrays, the nodes, event listeners and
documents that are alive, and the private memory of the page's process. New runs add points to the charts, so that a
little growth is due; what leaks grows by far more. The last line is the growth by hour, fitted to all samples but
those of the first round over the charts.
"""

import argparse
import json
import os
import sys
import time
import urllib.request
from dataclasses import dataclass

import numpy as np
import psutil
from playwright.sync_api import CDPSession, Page
from playwright.sync_api import TimeoutError as NeverCame

from benchmarks.pages_peers.tools import filled_server
from benchmarks.server import Server
from tests.browser.chromium import chromium

AGENT = "trainer01"
NEW_RUN_EVERY = 5
UPDATES_OF_A_SAMPLE = 8
PATIENCE_SECONDS = 120.0
CHARTS = "[data-figure], [data-parallel], [data-scatter], [data-distribution]"
COLUMNS = ("minutes", "updates", "heap MB", "arrays MB", "nodes", "listeners", "documents", "process MB")


@dataclass(frozen=True)
class Sample:
    """What the page holds after its garbage is collected; the order is that of `COLUMNS`."""

    minutes: float
    updates: int
    heap: float
    arrays: float
    nodes: int
    listeners: int
    documents: int
    process: float

    def row(self) -> str:
        """Return a line of the table."""
        return (
            f"{self.minutes:9.1f} {self.updates:9} {self.heap:9.2f} {self.arrays:9.2f} {self.nodes:9}"
            f" {self.listeners:9} {self.documents:9} {self.process:10.1f}"
        )


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
        loss = 1 / (1 + self._rows + self._runs % 50)
        row = {"loss": loss, "accuracy": 1 - loss, "f1": 1 - loss / 2}
        self._client.post(f"{self._place}/history", {"offset": self._rows, "rows": [row]})
        self._rows += 1


class Watched:
    """The page in a real browser; `sample` says what it holds."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Performance.enable")
        self.charts = len(page.locator(CHARTS).filter(visible=True).all())

    def look_at(self, number: int) -> None:
        """Bring a chart into view."""
        self.page.locator(CHARTS).filter(visible=True).nth(number % self.charts).scroll_into_view_if_needed()

    def version(self) -> str:
        """Return the version of the runs that the page shows."""
        return self.page.locator("[data-parallel]").get_attribute("data-version") or ""

    def wait_for_another(self, version: str) -> None:
        """Wait until the page shows another version of its runs; raises `RuntimeError` where it does not come."""
        changed = f"[data-parallel]:not([data-version='{version}'])"
        try:
            self.page.locator(changed).wait_for(state="attached", timeout=PATIENCE_SECONDS * 1000)
        except NeverCame:
            raise RuntimeError("the update did not reach the page") from None

    def sample(self, minutes: float, updates: int) -> Sample:
        """Collect the garbage and measure."""
        for _ in range(3):
            self._cdp.send("HeapProfiler.collectGarbage")
        found = {each["name"]: each["value"] for each in self._cdp.send("Performance.getMetrics")["metrics"]}
        return Sample(
            minutes=minutes,
            updates=updates,
            heap=found["JSHeapUsedSize"] / 1e6,
            arrays=self._cdp.send("Runtime.getHeapUsage")["backingStorageSize"] / 1e6,
            nodes=int(found["Nodes"]),
            listeners=int(found["JSEventListeners"]),
            documents=int(found["Documents"]),
            process=private_megabytes(),
        )


def private_megabytes() -> float:
    """Return the private memory of the largest page of the browsers that this process has started."""
    children = psutil.Process().children(recursive=True)
    pages = [child for child in children if "--type=renderer" in child.cmdline()]
    return max(child.memory_full_info().uss for child in pages) / 1e6


def growth(samples: list[Sample]) -> str:
    """Return the slopes by hour of what the samples hold, by least squares."""
    hours = np.array([sample.minutes / 60 for sample in samples])
    slopes = {
        name: np.polyfit(hours, [getattr(sample, name) for sample in samples], 1)[0]
        for name in ("heap", "arrays", "nodes", "listeners", "documents", "process", "updates")
    }
    return ", ".join(f"{name} {slope:+.2f}" for name, slope in slopes.items())


def main() -> None:
    """Open the page, let things happen, and tell what it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000, help="how many finished runs there are at first")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=6.0, metavar="SECONDS", help="time between two updates")
    options = parser.parse_args()
    with filled_server(options.runs) as (server, place), chromium() as browser:
        trainer = Trainer(Client(server), place["path"].rsplit("/", 1)[1])
        trainer.log()
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": place["session"], "url": server.url}])
        page = context.new_page()
        page.goto(server.url + place["path"])
        page.locator("#parallel[data-chart-state=drawn]").wait_for(timeout=PATIENCE_SECONDS * 1000)
        watched = Watched(page)
        print(f"{watched.charts} charts, {options.runs:,} runs, load {os.getloadavg()[0]:.1f}")
        print(" ".join(f"{name:>9}" for name in COLUMNS), flush=True)
        samples = follow(watched, trainer, options.minutes, options.every)
    settled = [sample for sample in samples if sample.updates >= watched.charts * UPDATES_OF_A_SAMPLE]
    if len(settled) > 1:
        print(f"by hour: {growth(settled)}; load {os.getloadavg()[0]:.1f}")


def follow(watched: Watched, trainer: Trainer, minutes: float, every: float) -> list[Sample]:
    """Update so long, every so many seconds; return what the page held after each few updates."""
    began, updates, samples = time.monotonic(), 0, []
    while (passed := time.monotonic() - began) < minutes * 60:
        if updates % UPDATES_OF_A_SAMPLE == 0:
            samples.append(watched.sample(passed / 60, updates))
            print(samples[-1].row(), flush=True)
            watched.look_at(updates // UPDATES_OF_A_SAMPLE)
        before = watched.version()
        if updates % NEW_RUN_EVERY == NEW_RUN_EVERY - 1:
            trainer.begin()
        trainer.log()
        watched.wait_for_another(before)
        updates += 1
        watched.page.wait_for_timeout(max(0.0, began + updates * every - time.monotonic()) * 1000)
    return samples


if __name__ == "__main__":
    sys.exit(main())
