"""The table of runs as a person uses it."""

import re

import pytest
from playwright.sync_api import expect

from sweeps_app.models import Run, SavedView
from tests.browser.chromium import wait_until
from tests.dashboard.world import add_runs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ACTIVE = "document.activeElement.closest('tr')?.dataset.run"


def _open(viewer, path):
    """Go to a page and wait until the table's scripts have begun."""
    page = viewer.go(path)
    expect(page.locator("[data-select-page]")).to_be_visible()
    return page


def _heads(page):
    return page.evaluate("[...document.querySelectorAll('#runs-table th[data-key]')].map((head) => head.dataset.key)")


def _rows(page):
    return page.locator("#runs-table tbody tr")


def test_a_query_is_completed_applied_and_corrected(viewer, world):
    page = _open(viewer, world.sweep_path)
    page.keyboard.press("/")
    line = page.get_by_role("combobox", name="Filter runs")
    line.press_sequentially("opt")
    expect(page.get_by_role("option", name="optimizer config")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(line).to_have_value("optimizer ")
    line.press_sequentially("= sg")
    expect(page.get_by_role("option", name='"sgd"')).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(line).to_have_value('optimizer = "sgd" ')
    sgd = sum(run.config["optimizer"] == "sgd" for run in world.runs)
    expect(_rows(page)).to_have_count(sgd)
    line.fill("state = finishd")
    page.keyboard.press("Enter")
    expect(page.locator("#query-problem")).to_contain_text("did you mean finished?")
    assert page.evaluate("getSelection().toString()") == "finishd"
    expect(_rows(page)).to_have_count(sgd)


def test_groups_are_opened_and_closed_by_keys(viewer, world):
    for run in world.runs[:5]:
        Run.objects.filter(pk=run.pk).update(tags=["picked"])
    page = _open(viewer, world.sweep_path)
    page.get_by_role("button", name="Columns").click()
    for label in ("Tags", "Runtime"):
        page.get_by_role("button", name=f"Group by: {label}", exact=True).click()
    page.get_by_role("button", name="Show these").click()
    group = page.locator(".group-row", has_text="picked").first
    expect(group).to_contain_text("10s to 1m")
    toggle = group.locator(".group-toggle")
    toggle.focus()
    page.keyboard.press("ArrowRight")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(toggle).to_be_focused()
    page.keyboard.press("ArrowDown")
    member = page.locator("tr.member").first.locator("a")
    expect(member).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(toggle).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    group.get_by_title("Show these runs alone").click()
    expect(_rows(page)).to_have_count(sum(run.state == "finished" for run in world.runs[:5]) + 1)


def test_a_filter_is_put_together_from_groups(viewer, world):
    page = _open(viewer, world.sweep_path)
    page.get_by_role("button", name="Filter", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Column").fill("loss")
    dialog.get_by_label("Operator").select_option("<=")
    dialog.get_by_label("Value").fill("0.5")
    dialog.get_by_role("button", name="Test", exact=True).click()
    dialog.get_by_label("Column").nth(1).fill("state")
    dialog.get_by_label("Value").nth(1).fill("running")
    dialog.get_by_label("Between tests").select_option("or")
    dialog.get_by_role("button", name="Group", exact=True).click()
    dialog.get_by_label("Column").nth(2).fill("host")
    dialog.get_by_label("Operator").nth(2).select_option("is not null")
    dialog.get_by_role("button", name="Show these runs").click()
    line = page.get_by_role("combobox", name="Filter runs")
    expect(line).to_have_value("(loss <= 0.5 or state = running) and host is not null")
    expect(_rows(page)).to_have_count(7)


def test_columns_are_chosen_pinned_moved_and_resized(viewer, world):
    page = _open(viewer, world.sweep_path)
    page.get_by_role("button", name="Columns").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="epoch summary").uncheck()
    dialog.get_by_role("button", name="Pin to the left: loss", exact=True).click()
    dialog.get_by_label("Find a column").fill("min.loss")
    dialog.get_by_role("checkbox", name="min loss").check()
    dialog.get_by_role("button", name="Show these").click()
    expect(page.locator("th[data-key='min.loss']")).to_be_visible()
    assert _heads(page)[:3] == ["name", "summary.loss", "state"]
    assert "summary.epoch" not in _heads(page)
    page.get_by_role("link", name="lr", exact=True).focus()
    page.keyboard.press("Alt+ArrowLeft")
    wait_until(page, "document.activeElement.closest('th')?.previousElementSibling?.dataset.key === 'summary.loss'")
    page.keyboard.press("Control+ArrowRight")
    expect(page).to_have_url(re.compile(r"widths=config\.lr%3A\d+"))
    head = page.locator("th[data-key='config.lr']")
    head.scroll_into_view_if_needed()
    before = head.bounding_box()
    page.mouse.move(before["x"] + before["width"] - 4, before["y"] + 10)
    page.mouse.down()
    page.mouse.move(before["x"] + before["width"] + 76, before["y"] + 10, steps=4)
    page.mouse.up()
    assert head.bounding_box()["width"] == pytest.approx(before["width"] + 80, abs=8)
    page.get_by_role("link", name="optimizer", exact=True).click()
    expect(page).to_have_url(re.compile("sort=config.optimizer"))
    expect(page.locator("th[data-key='config.optimizer']")).to_have_attribute("aria-sort", re.compile("scending"))
    page.get_by_role("link", name="lr", exact=True).click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile("sort=config.optimizer%2Cconfig.lr|sort=config.optimizer,config.lr"))


def test_runs_are_selected_by_keys_and_changed(viewer, world):
    page = _open(viewer, f"{world.sweep_path}?sort=name")
    page.get_by_role("link", name="run-0000").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(ACTIVE) == world.runs[1].run_id
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ ")
    expect(page.locator("[data-bulk-count]")).to_have_text("3 selected")
    add_runs(world.sweep, 1)
    viewer.look_for_news()
    expect(page.locator("tr[aria-selected=true]")).to_have_count(3)
    assert page.evaluate(ACTIVE) == world.runs[3].run_id
    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_label("Tags").fill("good, best")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 runs are tagged.")).to_be_visible()
    assert Run.objects.filter(tags=["good", "best"]).count() == 3
    page.get_by_role("button", name="Select all 13").click()
    page.get_by_role("button", name="Hide from charts").click()
    expect(page.get_by_text("13 runs are left out of charts.")).to_be_visible()
    room = "getComputedStyle(document.documentElement).scrollPaddingBottom"
    assert page.evaluate(room) == "64px"  # what has the focus is not under the bar
    page.get_by_role("button", name="Select nothing").click()
    expect(page.locator("#bulk-bar")).to_be_hidden()
    assert page.evaluate(room) == "auto"
    for place in (0, 2):
        page.locator("[data-select]").nth(place).check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="2 runs side by side")).to_be_visible()


def test_a_new_run_touches_one_row(viewer, world):
    page = _open(viewer, world.sweep_path)
    expect(_rows(page)).to_have_count(12)
    page.evaluate("""() => {
      window.touched = new Set();
      const observer = new MutationObserver((records) => {
        for (const { target, addedNodes } of records) {
          const rows = [target.closest?.('tbody tr'), ...[...addedNodes].filter((node) => node.matches?.('tr'))];
          for (const row of rows) if (row) window.touched.add(row.dataset.run);
        }
      });
      const options = { childList: true, subtree: true, attributes: true };
      observer.observe(document.querySelector('#runs-table tbody'), options);
    }""")
    (run,) = add_runs(world.sweep, 1)
    viewer.look_for_news()
    expect(_rows(page)).to_have_count(13)
    assert set(page.evaluate("[...window.touched]")) == {run.run_id}


def test_a_view_is_saved_and_shown_first(viewer, world):
    page = _open(viewer, f"{world.sweep_path}?sort=name&columns=name,state")
    page.locator("#views-menu summary").click()
    page.get_by_role("button", name="Save this view…").click()
    page.get_by_label("Name", exact=True).fill("short")
    page.get_by_label("Show it first").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The view short is saved and shown first.")).to_be_visible()
    assert SavedView.objects.get().settings == {"sort": "name", "columns": "name,state"}
    viewer.go(world.sweep_path)
    assert _heads(page) == ["name", "state"]
    page.locator("#views-menu summary").click()
    page.get_by_role("link", name="Built-in view").click()
    expect(page.locator("th[data-key='summary.loss']")).to_be_visible()


def test_sorting_and_paging_fetch_the_table_alone_and_lead_back(viewer, world):
    add_runs(world.sweep, 60)
    page = _open(viewer, world.sweep_path)
    viewer.wait_for_charts()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    newest = page.locator("#runs-table tbody tr").first.get_attribute("data-run")
    page.locator('th[data-key="config.lr"] a.sorter').click()
    expect(page.locator('th[data-key="config.lr"]')).to_have_attribute("aria-sort", "ascending")
    expect(page).to_have_url(re.compile(r"sort=config\.lr"))
    rates = page.locator("#runs-table tbody tr").evaluate_all("(rows) => rows.map((row) => row.dataset.run)")
    known = {run.run_id: run.config["lr"] for run in Run.objects.filter(sweep=world.sweep)}
    assert [known[run_id] for run_id in rates] == sorted(known.values())[:50]
    page.locator("#page-next").click()
    expect(_rows(page)).to_have_count(22)
    expect(page).to_have_url(re.compile(r"sort=config\.lr&page=2"))
    # Whole pages are what it asks for to see whether there is news.
    assert [url for url in asked if ".json" in url] == []
    assert len([url for url in asked if "fragments=runs" in url]) == 2
    assert "sort=config.lr" in page.evaluate(
        "new URLSearchParams(new FormData(document.querySelector('#importance-panel form'))).toString()"
    )
    page.go_back()
    expect(_rows(page)).to_have_count(50)
    page.go_back()
    expect(page.locator("#runs-table tbody tr").first).to_have_attribute("data-run", newest)
    expect(page.locator('th[data-key="config.lr"]')).to_have_attribute("aria-sort", "none")


def test_a_query_that_is_sent_at_once_is_one_request(viewer, world):
    page = _open(viewer, world.sweep_path)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    send = "(text) => { query.value = text; document.getElementById('runs-query').requestSubmit(); }"
    page.evaluate(send, "optimizer = sgd")
    sgd = sum(run.config["optimizer"] == "sgd" for run in world.runs)
    expect(_rows(page)).to_have_count(sgd)
    assert [url for url in asked if "/table/complete" in url] == []
    assert len([url for url in asked if "fragments=runs" in url]) == 1
    page.evaluate(send, "state = finishd")
    expect(page.locator("#query-problem")).to_contain_text("did you mean finished?")
    expect(_rows(page)).to_have_count(sgd)
    expect(page).to_have_url(re.compile("query=optimizer"))


def test_another_order_is_written_into_the_rows_that_are_there(viewer, world):
    page = _open(viewer, world.sweep_path)
    page.evaluate("window.known = [...document.querySelectorAll('#runs-table tbody tr')]")
    chosen = world.runs[3]
    page.locator(f"#run-{chosen.run_id} [data-select]").check()
    head = page.locator('th[data-key="config.lr"]')
    head.locator("a.sorter").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(page).to_have_url(re.compile(r"sort=config\.lr"))
    shown = page.locator("#runs-table tbody tr").evaluate_all("(rows) => rows.map((row) => row.dataset.run)")
    assert shown == [run.run_id for run in sorted(world.runs, key=lambda run: run.config["lr"])]
    assert page.evaluate("[...document.querySelectorAll('#runs-table tbody tr')].every((row, i) => row === known[i])")
    for row in page.locator("#runs-table tbody tr").all():
        is_chosen = row.get_attribute("data-run") == chosen.run_id
        assert row.locator("[data-select]").is_checked() == is_chosen
        assert (row.get_attribute("aria-selected") == "true") == is_chosen
    page.locator("#runs-table tbody tr").nth(2).locator("a").first.focus()
    focused = page.evaluate(ACTIVE)
    page.evaluate("history.back()")
    expect(head).to_have_attribute("aria-sort", "none")
    assert page.evaluate(ACTIVE) == focused


def test_another_view_shows_in_each_row_what_its_page_does(viewer, world):
    Run.objects.filter(pk__in=[run.pk for run in add_runs(world.sweep, 130)[::7]]).update(
        is_hidden=True, tags=["a", "b"]
    )
    page = _open(
        viewer, f"{world.sweep_path}?size=100&columns=name,state,tags,config.lr,summary.loss,runtime,created_at"
    )
    viewer.wait_for_charts()

    def shown():
        script = """(rows) => {
          const attributes = (node) => [...node.attributes].map(({ name, value }) => `${name}=${value}`)
            .filter((one) => !one.startsWith("tabindex")).sort();
          const told = (node) => node.childElementCount || node.localName
            ? [node.localName, ...attributes(node), ...(node.dateTime ? [] : [...node.childNodes].map(told))]
            : node.textContent.trim();
          return rows.map((row) => [told(row), row.querySelector("input").checked]);
        }"""
        return _rows(page).evaluate_all(script)

    def same_as_anew(address):
        expect(page).to_have_url(re.compile(address))
        found = shown()
        page.reload()
        expect(page.locator("[data-select-page]")).to_be_visible()
        assert found == shown()
        return len(found)

    page.locator('th[data-key="config.lr"] a.sorter').click()
    assert same_as_anew(r"sort=config\.lr") == 100
    page.locator("#page-next").click()
    assert same_as_anew(r"page=2") == 42
    page.locator("#page-first").click()
    assert same_as_anew(r"page=1") == 100


def test_rows_in_the_window_are_shown_first(viewer, world):
    add_runs(world.sweep, 190)
    page = _open(viewer, f"{world.sweep_path}?size=200")
    viewer.wait_for_charts()
    _rows(page).first.evaluate("(row) => row.scrollIntoView()")
    page.evaluate("""() => {
      const rows = () => [...document.querySelectorAll('#runs-table tbody tr')].map((row) => row.dataset.run);
      const before = rows();
      window.changed = () => rows().map((id, place) => id !== before[place]);
      const look = () => {
        const now = window.changed();
        if (now[0]) window.atFirst = [now[5], now.slice(100).some(Boolean)];
        else requestAnimationFrame(look);
      };
      look();
    }""")
    page.locator('th[data-key="config.lr"] a.sorter').click()
    expect(page).to_have_url(re.compile(r"sort=config\.lr"))
    assert page.evaluate("window.atFirst") == [True, False]
    assert page.evaluate("window.changed().slice(100).some(Boolean)")


def test_rows_are_asked_for_once_while_their_link_is_pressed(viewer, world):
    page = _open(viewer, world.sweep_path)
    viewer.wait_for_charts()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "fragments=runs" in request.url else None)
    head = page.locator('th[data-key="config.lr"]')
    head.locator("a.sorter").hover()
    with page.expect_response("**/*fragments=runs*"):
        page.mouse.down()
    expect(head).to_have_attribute("aria-sort", "none")
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"sort=config\.lr"))
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert len(asked) == 1
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.locator("a.sorter").click()
    expect(head).to_have_attribute("aria-sort", "descending")
