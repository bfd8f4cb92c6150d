"""A page that stays open while its server, with all its processes, is killed and started again."""

import json
import re
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.processes.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.processes]

CONFIG = {"method": "random", "parameters": {"x": {"min": 0.0, "max": 1.0}}}
START = 120_000  # milliseconds; a server that starts is not there at once


class Installation:
    """A data folder with a server that can be killed."""

    def __init__(self, folder):
        self._folder = folder
        self.server = Server(folder)
        self.url = self.server.url

    def kill(self):
        self.server.kill()

    def start_again(self):
        self.server = Server(self._folder, port=urlsplit(self.url).port)

    def post(self, path, **body):
        key = (self._folder / "api_key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())


@pytest.fixture
def installation(tmp_path):
    installation = Installation(tmp_path / "data")
    yield installation
    installation.kill()


def test_the_page_says_so_and_goes_on_by_itself_with_nothing_missed(browser, installation):
    sweep = installation.post("/sweeps", config=CONFIG, project="killed")["sweep_id"]
    installation.post(f"/sweeps/{sweep}/agents", agent_id="agent001", host="here")
    context = browser.new_context()
    page = context.new_page()
    page.goto(re.search(r"Open\s+(\S+)", installation.server.said).group(1))
    page.get_by_role("heading", level=1).wait_for()
    page.goto(f"{installation.url}/owner/killed/sweeps/{sweep}")
    page.evaluate("window.marker = 'same document'")
    indicator, count = page.locator("#live-state"), page.locator("#runs-title .count")
    expect(indicator).to_have_attribute("data-live-by", "events")
    run = installation.post("/agents/agent001/next", request_id="first", start={}, wait=20)["run"]
    expect(count).to_have_text("1")

    installation.kill()
    expect(indicator).to_have_attribute("data-live-state", "lost")
    expect(indicator).to_contain_text("Connection lost")
    installation.start_again()
    place = f"/runs/{run['entity']}/{run['project']}/{run['run_id']}"
    installation.post(f"{place}/finish", exit_code=0)
    installation.post("/agents/agent001/next", request_id="second", start={}, wait=20)
    expect(count).to_have_text("2", timeout=START)
    expect(page.locator("#runs-table tbody")).to_contain_text("finished")
    expect(indicator).to_have_attribute("data-live-state", "live")
    expect(indicator).to_have_attribute("data-live-by", "events")
    assert page.evaluate("window.marker") == "same document"
    context.close()
