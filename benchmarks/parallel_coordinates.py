"""How fast the parallel coordinates draw and follow a brush, beside Plotly's own trace, in a Chromium without a GPU.

    python -m benchmarks.parallel_coordinates [--plotly plotly.min.js] [--runs 1000 10000 100000]

Without --plotly the full bundle is fetched by `npm pack` into a temporary folder; `--plotly none` leaves Plotly out.
Times are of the clock and, in brackets, of the page's main thread: on a busy machine only the latter can be compared.
"""

import argparse
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.parallel_data import as_list, sample_sweep, sweep_columns
from tests.browser.static_server import StaticServer

PLOTLY = "plotly.js-dist-min@4.1.1"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SOFTWARE_GL = ["--enable-unsafe-swiftshader"]  # without it Plotly's trace, which needs WebGL, draws nothing
FRAMES = 90

DRAW = """async () => {
  const start = performance.now();
  page.chart.setData(window.sweep);
  await page.chart.drawn();
  return performance.now() - start;
}"""

# A brush over a third of an axis is dragged up and down by real pointer events, one each frame.
BRUSH = """async (frames) => {
  const track = document.querySelector('[data-axis="dropout"] .pc-track');
  const box = track.getBoundingClientRect();
  const send = (type, y) => track.dispatchEvent(new PointerEvent(type, {
    bubbles: true, pointerId: 1, isPrimary: true, pointerType: "mouse", clientX: box.left + 14, clientY: y }));
  track.setPointerCapture = () => {};
  const frame = () => new Promise(requestAnimationFrame);
  const top = box.top + 120;
  send("pointerdown", top); send("pointermove", top + 100); send("pointerup", top + 100);
  await page.chart.drawn();
  send("pointerdown", top + 50);
  const start = performance.now();
  for (let i = 0; i < frames; i += 1) {
    send("pointermove", top + 50 + 50 * Math.sin(i / 9));
    await frame();
  }
  const took = performance.now() - start;
  send("pointerup", top + 50);
  return took;
}"""

APPEND = """async (more) => {
  const start = performance.now();
  page.chart.setData(JSON.parse(more));
  await page.chart.drawn();
  return performance.now() - start;
}"""

PLOTLY_DRAW = """async () => {
  const start = performance.now();
  await Plotly.newPlot("chart", [window.trace], {width: 1440, height: 500});
  await new Promise(requestAnimationFrame);
  const gl = document.querySelector("#chart canvas.gl-canvas-context");
  gl.getContext("webgl").finish();
  return performance.now() - start;
}"""

PLOTLY_BRUSH = """async (frames) => {
  const start = performance.now();
  const gl = document.querySelector("#chart canvas.gl-canvas-focus").getContext("webgl");
  for (let i = 0; i < frames; i += 1) {
    const low = 0.2 + 0.1 * Math.sin(i / 9);
    await Plotly.restyle("chart", {"dimensions[9].constraintrange": [[low, low + 0.2]]});
    await new Promise(requestAnimationFrame);
    gl.finish();
  }
  return performance.now() - start;
}"""


class Clock:
    """Time of the page's main thread in milliseconds."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def measure(self, page: Page, script: str, argument: Any = None) -> tuple[float, float]:
        """Run a script that returns its time on the clock; return that and the thread's time."""
        before = self._busy()
        took = page.evaluate(script, argument)
        return took, self._busy() - before

    def _busy(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def fetch_plotly(folder: Path) -> Path:
    """Fetch the full bundle with npm, and return the path of its one file."""
    done = subprocess.run(["npm", "pack", "--silent", PLOTLY], cwd=folder, check=True, capture_output=True, text=True)
    with tarfile.open(folder / done.stdout.split()[-1]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package" / "plotly.min.js"


def plotly_trace(count: int) -> dict[str, Any]:
    """The same sweep for Plotly, with gaps filled by the least value, since its trace has no place for them."""
    columns = {
        name: as_list(np.nan_to_num(values, nan=np.nanmin(values))) for name, values in sweep_columns(count).items()
    }
    return {
        "type": "parcoords",
        "line": {"color": columns["val_loss"], "colorscale": "Viridis"},
        "dimensions": [{"label": name, "values": values} for name, values in columns.items()],
    }


def report(name: str, count: int, draw: tuple[float, float], brush: tuple[float, float], frames: int) -> None:
    """Print one line of the table."""
    print(
        f"{name:<12} {count:>8,} runs   draw {draw[0]:>7.0f} ms ({draw[1]:>6.0f})"
        f"   brush {frames * 1000 / brush[0]:>5.1f} frames/s ({brush[1] / frames:>6.1f} ms a frame)"
    )


def run_ours(page: Page, url: str, count: int) -> None:
    """Draw a sweep, drag a brush, and let one run join."""
    page.goto(f"{url}/pages/parallel_coordinates.html")
    page.wait_for_function("window.page && document.fonts.ready")
    page.evaluate("text => { window.sweep = JSON.parse(text) }", json.dumps(sample_sweep(3)))
    page.evaluate(DRAW)  # warm the modules up, as a page that has shown a chart before
    page.evaluate("text => { window.sweep = JSON.parse(text) }", json.dumps(sample_sweep(count)))
    clock = Clock(page)
    draw = clock.measure(page, DRAW)
    page.wait_for_timeout(1500)  # the grey layer is prepared in idle time
    brush = clock.measure(page, BRUSH, FRAMES)
    report("Sweepdeck", count, draw, brush, FRAMES)
    joined = clock.measure(page, APPEND, json.dumps(sample_sweep(count, joined=1)))
    print(f"{'':<12} {'':>8}        one run joins {joined[0]:.0f} ms ({joined[1]:.0f})")


def run_plotly(page: Page, bundle: Path, count: int) -> None:
    """The same with Plotly, whose brush is moved through its API."""
    page.set_content('<div id="chart"></div>')
    page.add_script_tag(path=str(bundle))
    page.evaluate("text => { window.trace = JSON.parse(text) }", json.dumps(plotly_trace(count)))
    clock = Clock(page)
    frames = 9
    draw = clock.measure(page, PLOTLY_DRAW)
    report("Plotly", count, draw, clock.measure(page, PLOTLY_BRUSH, frames), frames)


def main() -> None:
    """Measure every size with both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--plotly", default="")
    options = parser.parse_args()
    with StaticServer() as server, sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        bundle = Path(options.plotly) if options.plotly else fetch_plotly(Path(folder))
        for count in options.runs:
            for run in (run_ours, run_plotly):
                if run is run_plotly and options.plotly == "none":
                    continue
                args = CHROMIUM if run is run_ours else CHROMIUM + SOFTWARE_GL
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=args)
                page = browser.new_page(viewport={"width": 1440, "height": 800})
                page.set_default_timeout(600_000)
                run(page, server.url if run is run_ours else bundle, count)
                browser.close()


if __name__ == "__main__":
    main()
