"""How fast the page of a sweep of many runs is, in a real Chromium without a GPU, beside MLflow and optuna-dashboard.

    python -m benchmarks.pages                                  # 10,000 runs, a quarter of an hour on two cores
    python -m benchmarks.pages --only sweepdeck --runs 100000

The same runs for all: ten parameters, three metrics. Each page is opened by a browser that has nothing cached, in a
window of 1440 by 900, for charts in one so high that all of them are in view. A table is usable when its rows are there
and the page has drawn a frame; times are from the click, or from the navigation, to that. Rows are asked for while the
table fills the window. Peers are installed into environments of their own in `--folder`. Each figure is the median of
`--times`.
"""

import argparse
import gzip
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import urllib3
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.ingest import table
from benchmarks.pages_peers.tools import TOOLS, Tool

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PATIENCE = 90_000
SMALL, HIGH = {"width": 1440, "height": 900}, {"width": 1440, "height": 9_000}
FRAMES = 90
SETTLED = 3_000  # milliseconds

# Runs in each page from its begin: notes when the condition is true for the first time and a frame can be drawn.
WATCH = """(() => {
  const holds = %s;
  const look = () => {
    if (document.body && holds()) setTimeout(() => { window.benchReady = performance.now(); }, 0);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""

# Asks for other rows, and returns the milliseconds until the first row is another one.
ASK = """async ([rows, script]) => {
  const first = () => document.querySelector(rows)?.innerText;
  const before = first();
  const start = performance.now();
  (new Function(script))();
  while (!first() || first() === before) await new Promise(requestAnimationFrame);
  await new Promise((resolve) => setTimeout(resolve, 0));
  return performance.now() - start;
}"""


class Wire:
    """What a page fetches: bytes as they come over the wire, by kind."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self._kinds: dict[str, str] = {}
        self.bytes: dict[str, float] = {}
        self.session.on(
            "Network.responseReceived", lambda event: self._kinds.update({event["requestId"]: event["type"]})
        )
        self.session.on("Network.loadingFinished", self._finished)

    def _begun(self, event: dict[str, Any]) -> None:
        self._kinds[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        kind = self._kinds.get(event["requestId"], "Other")
        self.bytes[kind] = self.bytes.get(kind, 0) + event["encodedDataLength"]

    def memory(self) -> dict[str, float]:
        """Return what the page holds after garbage is collected."""
        self.session.send("HeapProfiler.collectGarbage")
        self.session.send("Performance.enable")
        found = {entry["name"]: entry["value"] for entry in self.session.send("Performance.getMetrics")["metrics"]}
        return {"heap MB": found["JSHeapUsedSize"] / 1e6, "nodes": found["Nodes"]}


def measure(browser: Browser, tool: Tool) -> dict[str, float]:
    """Open the pages of a tool once, and return its figures: seconds, unless they are named otherwise."""
    figures: dict[str, float] = {}
    if tool.rows:
        with _Opened(browser, tool, SMALL) as opened:
            figures["table usable"] = opened.time_to(tool.table, f"() => document.querySelector({tool.rows!r})")
            opened.settle()  # links lead to whole pages before the scripts are there
            opened.show(tool.rows)
            for name, script in tool.ask.items():
                figures[name] = opened.page.evaluate(ASK, [tool.rows, script]) / 1000
    with _Opened(browser, tool, HIGH) as opened:
        figures["charts drawn"] = opened.time_to(tool.charts, tool.drawn)
        opened.settle()
        figures["JavaScript kB"] = opened.wire.bytes.get("Script", 0) / 1000
        figures["all kB"] = sum(opened.wire.bytes.values()) / 1000
        figures |= opened.wire.memory()
    if tool.brush:
        with _Opened(browser, tool, SMALL) as opened:
            opened.time_to(tool.table, "() => document.querySelector('.pc-track')")
            opened.settle()
            figures["brush frames/s"] = opened.page.evaluate(tool.brush, FRAMES)
    return figures | _asked(tool)


class _Opened:
    """A window of a browser that has cached nothing."""

    def __init__(self, browser: Browser, tool: Tool, viewport: dict[str, int]) -> None:
        self.context = browser.new_context(viewport=viewport, bypass_csp=True)
        self.context.add_cookies([{"name": n, "value": v, "url": tool.table} for n, v in tool.cookies.items()])
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.wire = Wire(self.page)

    def time_to(self, address: str, holds: str) -> float:
        """Go to an address; return the seconds until a condition holds."""
        self.page.add_init_script(WATCH % holds)
        self.page.goto(address, wait_until="commit")
        self.page.wait_for_function("window.benchReady")
        return self.page.evaluate("window.benchReady") / 1000

    def settle(self) -> None:
        """Wait until the page has what it asks for at first; one that is told of news never has all."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_timeout(SETTLED)

    def show(self, selector: str) -> None:
        """Bring the first such element to the top of the window, as who clicks on what is there has it."""
        self.page.evaluate("(selector) => document.querySelector(selector).scrollIntoView()", selector)
        self.page.wait_for_timeout(SETTLED // 10)

    def __enter__(self) -> "_Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def _asked(tool: Tool) -> dict[str, float]:
    """Ask the server itself: for all values, and for news where there are none."""
    figures: dict[str, float] = {}
    pool = urllib3.PoolManager()
    headers = {"Accept-Encoding": "gzip, br", "Cookie": "; ".join(f"{n}={v}" for n, v in tool.cookies.items())}
    if tool.data:
        took, size = _timed(lambda: _all_values(pool, tool, headers))
        figures |= {"all values": took, "all values kB": size / 1000}
    if tool.idle:
        etag = pool.request("GET", tool.idle, headers=headers).headers.get("ETag")
        known = headers | ({"If-None-Match": etag} if etag else {})
        taken = [_timed(lambda: len(pool.request("GET", tool.idle, headers=known).data))[0] for _ in range(20)]
        figures["nothing new ms"] = statistics.median(taken) * 1000
    return figures


def _all_values(pool: urllib3.PoolManager, tool: Tool, headers: dict[str, str]) -> int:
    """Return the bytes on the wire of the values of all runs, page by page where the tool has pages."""
    if tool.body is None:
        return len(pool.request("GET", tool.data, headers=headers, decode_content=False).data)
    size, token = 0, ""
    while True:
        body = tool.body | ({"page_token": token} if token else {})
        answer = pool.request("POST", tool.data, headers=headers, json=body, decode_content=False)
        size += len(answer.data)
        raw = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
        token = json.loads(raw).get("next_page_token", "")
        if not token:
            return size


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="comma-separated: sweepdeck, mlflow, optuna")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the peers' environments are kept; else they are thrown away")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="sweepdeck-peers-"))
    figures, load = {}, os.getloadavg()[0]
    try:
        for name in options.only.split(",") if options.only else TOOLS:
            with TOOLS[name](options.runs, folder) as tool, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
                measure(browser, tool)  # what is computed once, and the server's first requests
                rows = [measure(browser, tool) for _ in range(options.times)]
                figures[name] = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
                browser.close()
            print(f"{name}: {figures[name]}", file=sys.stderr, flush=True)
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load before {load:.1f},"
        f" {options.runs:,} runs, median of {options.times}"
    )
    print(table(figures))


if __name__ == "__main__":
    main()
