"""Debian's Chromium, driven by Playwright."""

import os
import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@contextmanager
def chromium():
    """Yield a browser; skips the test where the machine has none, but not in CI, where it has to be there."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing")
        pytest.skip("needs chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def wait_until(page, script, seconds=60.0):
    """Wait until a script gives something true, asked from here: the pages' policy forbids evaluating text in them."""
    for _ in range(int(seconds * 20)):
        if found := page.evaluate(script):
            return found
        page.wait_for_timeout(50)
    return pytest.fail(f"never came true: {script}")
