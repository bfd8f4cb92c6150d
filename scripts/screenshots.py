#!/usr/bin/env python3
"""Take the pictures of the README: the page of a sweep in both themes, from a server that runs.

    .venv/bin/python scripts/screenshots.py LINK [--sweep /owner/digits/sweeps/ID] [--scale 2] [--into docs/images]

LINK is the sign-in link that `make run` prints, which works once. Without --sweep it is the newest sweep: with the demo
finished, the demo's. Needs Chromium and pngquant (Debian, Ubuntu: apt install chromium pngquant).
"""

import argparse
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 1440
THEMES = ("light", "dark")
LAST = "section[aria-labelledby=objective-title]"  # a picture ends below it
MARGIN = 16
CHARTS = "[data-figure], [data-parallel]"
DRAWN = "#parallel[data-chart-state=drawn], [data-figure][data-chart-state=drawn]:has(.main-svg)"
PATIENCE = 120_000  # milliseconds: importance may have to be computed first


def sign_in(browser: Browser, link: str) -> StorageState:
    """Follow a sign-in link and return the cookies that it gives."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_role("heading", level=1, name="Projects").wait_for()
    state = context.storage_state()
    context.close()
    return state


def wait_for_charts(page: Page) -> None:
    """Bring each chart into view, and wait until all are drawn."""
    charts = page.locator(CHARTS).filter(visible=True)
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        page.locator(f"#{chart.get_attribute('id')}").and_(page.locator(DRAWN)).wait_for()
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate("document.fonts.ready")


def picture(browser: Browser, state: StorageState, url: str, sweep: str | None, theme: str, scale: float) -> bytes:
    """Return the upper part of a sweep's page as PNG."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": 1000},
        device_scale_factor=scale,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        storage_state=state,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(urljoin(url, sweep or "/"))
    if sweep is None:
        page.get_by_role("region", name="Recent sweeps").get_by_role("link").first.click()
        page.locator("#parallel").wait_for()
    wait_for_charts(page)
    box = page.locator(LAST).bounding_box()
    if box is None:
        raise SystemExit("the page shows no importance of parameters")
    image = page.screenshot(
        full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": box["y"] + box["height"] + MARGIN}
    )
    context.close()
    return image


def with_palette(image: bytes) -> bytes:
    """Return a picture with as many colours as the eye tells apart, which takes a third of the room."""
    command = ["pngquant", "--quality", "90-100", "--speed", "1", "--strip", "-"]
    return subprocess.run(command, input=image, stdout=subprocess.PIPE, check=True).stdout


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("link", help="a sign-in link of the server")
    parser.add_argument("--sweep", help="path of the sweep's page (default: the newest sweep's)")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="pixels of the picture for one of the page (default: 1)"
    )
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "images", help="folder (default: docs/images)")
    given = parser.parse_args()
    for program in ("chromium", "pngquant"):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is missing: apt install {program}")
    given.into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        state = sign_in(browser, given.link)
        for theme in THEMES:
            path = given.into / f"sweep-{theme}.png"
            path.write_bytes(with_palette(picture(browser, state, given.link, given.sweep, theme, given.scale)))
            print(f"{path}: {path.stat().st_size / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
