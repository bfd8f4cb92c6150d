"""Debian's Chromium, driven by Playwright."""

import os
import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PATIENCE = 60_000  # milliseconds until a state that does not come is a failure, also on a machine with much to do


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


def wait_until(page, script, argument=None):
    """Wait until a script gives something true, asked from here: the pages' policy forbids evaluating text in them."""
    for _ in range(PATIENCE // 50):
        if found := page.evaluate(script, argument):
            return found
        page.wait_for_timeout(50)
    return pytest.fail(f"never came true: {script}")
