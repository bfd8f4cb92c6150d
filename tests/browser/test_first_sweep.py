"""A newcomer's first minutes, with the real processes: start the server, run the quickstart, watch the page."""

import os
import re
import signal
import subprocess
import sys

import pytest

from tests.browser.chromium import chromium, wait_until
from tests.sdk.script import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.processes]

START_SECONDS = 90
BY_THEN = 60_000  # milliseconds


@pytest.fixture
def server(tmp_path):
    """The processes of `make run`, without the demo; yields the greeting."""
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith("SWEEPDECK_") and k != "DJANGO_SETTINGS_MODULE"
    }
    environment["SWEEPDECK_DATA_DIR"] = str(tmp_path / "data")
    log = tmp_path / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--port", "0", "--no-demo"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _greeting(process, log)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, log.read_text()


def _greeting(process, log):
    for _ in range(START_SECONDS * 10):
        text = log.read_text()
        if "Ctrl+C" in text:
            return {
                "open": re.search(r"Open\s+(\S+)", text).group(1),
                "url": re.search(r"http://[\d.:]+", text).group(),
                "key": re.search(r"API key\s+(\S+)", text).group(1),
            }
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"the server did not start:\n{log.read_text()}")


@pytest.fixture
def page():
    """A page of a real browser that has never been here; fails for errors in its console."""
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.set_default_timeout(BY_THEN)
        yield page
        assert errors == []
        context.close()


def test_the_quickstart_is_watched_in_the_browser(server, page, tmp_path):
    page.goto(server["open"])
    page.get_by_role("heading", level=1).wait_for()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment |= {"SWEEPDECK_BASE_URL": server["url"], "SWEEPDECK_API_KEY": server["key"]}
    script = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "quickstart.py")],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert script.returncode == 0, script.stderr
    sweep_id = re.search(r"sweeps/(\w{8})", script.stderr).group(1)

    page.goto(server["url"])
    page.get_by_role("link", name="my-first-sweep").first.click()
    page.locator(f'a[href$="/sweeps/{sweep_id}"]').first.click()
    page.wait_for_url(f"**/sweeps/{sweep_id}")
    rows = page.locator("#runs-table tbody tr")
    wait_until(page, "document.querySelectorAll('#runs-table tbody tr').length === 10")
    assert sorted(rows.nth(i).locator("th").inner_text().split()[0] for i in range(10)) == sorted(
        f"run-{i}" for i in range(1, 11)
    )
    assert page.locator("#runs-table tbody").inner_text().count("finished") == 10

    page.get_by_text("Parallel coordinates of 10 runs over 2 parameters and score").first.wait_for()
    inked = "canvas => { const c = canvas.getContext('2d'); if (!c || !canvas.width) return 0;"
    inked += " const d = c.getImageData(0, 0, canvas.width, canvas.height).data;"
    inked += " let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; }"
    drawn = sum(canvas.evaluate(inked) for canvas in page.locator("#parallel canvas").all())
    assert drawn > 1_000, "no lines are drawn"

    page.locator("#importance").scroll_into_view_if_needed()
    wait_until(page, "document.querySelectorAll('#importance .point path').length >= 2")
    page.locator("#importance-table summary").click()
    page.get_by_role("cell", name=re.compile(r"^[xy]$")).first.wait_for()
