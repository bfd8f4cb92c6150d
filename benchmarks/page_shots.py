"""Take pictures of every page, in all widths and both themes, from a server of its own: to look at before a release.

    python -m benchmarks.page_shots --into var/shots                       # 390, 1440 and 2560 wide, light and dark
    python -m benchmarks.page_shots --into var/shots --only sweep --widths 390 --themes dark

A picture is called PAGE-WIDTH-THEME.png, and is of the whole page with its charts drawn. Printed is what only a script
sees: what is wider than the window, and what the console says.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page

from benchmarks.server import running_server
from tests.browser.chromium import chromium

HERE = Path(__file__).resolve().parent
WIDTHS, THEMES = (390, 1440, 2560), ("light", "dark")
HEIGHTS = {390: 844, 1440: 900, 2560: 1440}
CHARTS = "[data-figure], [data-parallel], [data-scatter], [data-distribution]"
PATIENCE = 120_000  # milliseconds


@contextmanager
def filled_server() -> Iterator[tuple[str, dict[str, Any]]]:
    """Start a server with something on every page; yield its address, and the pages' paths and a session."""
    with running_server() as server:
        env = {**os.environ, "SWEEPDECK_DATA_DIR": str(server.data)}
        fill = [sys.executable, str(HERE / "page_shots_fill.py")]
        found = subprocess.run(fill, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
        yield server.url, json.loads(found.splitlines()[-1])


def draw(page: Page) -> None:
    """Bring each chart that is not folded away into view and wait until it is drawn."""
    for chart in page.locator(CHARTS).filter(visible=True).all():
        chart.scroll_into_view_if_needed()
        page.locator(f"#{chart.get_attribute('id')}[data-chart-state=drawn]").wait_for(state="attached")
    if page.locator("#swagger-ui").count():
        page.locator(".opblock").first.wait_for()
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate("document.fonts.ready")


def take(browser: Browser, url: str, path: str, session: str, width: int, theme: str, file: Path) -> list[str]:
    """Take one picture; return what was noticed."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        has_touch=width < 500,
        is_mobile=width < 500,
    )
    if path != "/login":
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page, noticed = context.new_page(), []
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.on("console", lambda line: noticed.append(line.text) if line.type == "error" else None)
    page.goto(url + path)
    try:
        draw(page)
    except Error as error:
        noticed.append(f"a chart is not drawn: {error.message.splitlines()[0]}")
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        noticed.append(f"the page is {over} px wider than the window")
    page.screenshot(path=file, full_page=True)
    context.close()
    return noticed


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, help="folder")
    parser.add_argument("--only", default="", help="pages whose names begin like this, comma-separated")
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)))
    parser.add_argument("--themes", default=",".join(THEMES))
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    wanted = tuple(options.only.split(","))
    with filled_server() as (url, filled), chromium() as browser:
        for theme in options.themes.split(","):
            for width in map(int, options.widths.split(",")):
                for name, path in filled["paths"].items():
                    if name.startswith(wanted):
                        file = options.into / f"{name}-{width}-{theme}.png"
                        noticed = take(browser, url, path, filled["session"], width, theme, file)
                        print(file.name, *noticed, sep="\n    ", flush=True)


if __name__ == "__main__":
    main()
