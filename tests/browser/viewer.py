"""Somebody who looks at pages in a real browser, and notices everything that goes wrong in it."""

from pathlib import Path
from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import BrowserContext, Page, Response

from tests.browser.chromium import PATIENCE, wait_until

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# How axe answers, cut to what a failure should print.
_AXE_RUN = """only => axe.run(document, {runOnly: only})
  .then(({violations}) => violations.map(({id, help, nodes}) =>
    `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.target + ' ' + node.failureSummary).join(' | ')}`))"""
_CHARTS_FIT = """() => [...document.querySelectorAll('.plot')].every((plot) => {
  const drawing = plot.querySelector('.main-svg');
  return !drawing || Math.abs(drawing.clientWidth - plot.clientWidth) <= 1;
})"""
# What sticks out of its card, where the card does not scroll it, and a page that scrolls sideways.
_STICKING_OUT = """() => {
  const found = [];
  for (const card of document.querySelectorAll('.panel, .strip > div, .code')) {
    const edge = card.getBoundingClientRect().right + 1;
    for (const element of card.querySelectorAll('*')) {
      const { right, width } = element.getBoundingClientRect();
      if (width > 1 && right > edge && !element.closest('.scroll, .pc-scroll, pre, .tooltip')) {
        found.push(`${element.outerHTML.slice(0, 120)} by ${right - edge + 1} px`);
      }
    }
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth ? [`the page by ${scrollWidth - clientWidth} px`, ...found] : found;
}"""


class Viewer:
    """A signed-in person's browser window; `errors` holds what its console said."""

    def __init__(self, context: BrowserContext, url: str):
        self.context, self.url = context, url
        self.errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.errors.append(f"{line.text} ({line.location})") if line.type == "error" else None,
        )

    def sign_in(self, user) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"].value
        host = urlsplit(self.url).hostname
        self.context.add_cookies([{"name": "sessionid", "value": cookie, "domain": host, "path": "/"}])

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def wait_for_charts(self) -> None:
        """Bring each chart that is not folded away into view and wait until it is drawn."""
        for chart in self.page.locator("[data-figure], [data-parallel]").filter(visible=True).all():
            chart.scroll_into_view_if_needed()
            self.page.locator(f"#{chart.get_attribute('id')}[data-chart-state=drawn]").wait_for(state="attached")
        self.page.evaluate("window.scrollTo(0, 0)")

    def look_for_news(self) -> Response:
        """Let the page ask for news now, as it does when its connection comes back; return the answer."""
        with self.page.expect_response(lambda response: "fragments=1" in response.url) as answer:
            self.page.evaluate("window.dispatchEvent(new Event('online'))")
        return answer.value

    def wait_for_fit(self) -> None:
        """Wait until each chart is drawn in the size that its place has now."""
        wait_until(self.page, _CHARTS_FIT)

    def sticking_out(self) -> list[str]:
        """Return what is wider than the card it is in, or than the page."""
        return self.page.evaluate(_STICKING_OUT)

    def accessibility_problems(self, *only: str) -> list[str]:
        """Return what axe finds by all its rules, or `only` by some."""
        self.page.evaluate(AXE.read_text())
        return self.page.evaluate(_AXE_RUN, list(only) or _RULES)
