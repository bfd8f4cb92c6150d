import re

import pytest

from sweeps_app.services.console import console_append


@pytest.fixture
def printed(world):
    """A run whose output has 1,300 lines, every tenth of which is an error."""
    lines = [[1760000000 + n, "stdout" if n % 10 else "stderr", f"\x1b[32mstep\x1b[0m {n} <i>"] for n in range(1_300)]
    console_append(run=world.runs[0], offset=0, lines=lines)
    return world.run_path


def numbers(html):
    return [int(number) for number in re.findall(r'<li id="L(\d+)"', html)]


def ask(page, path, **query):
    return page.get(f"{path}/console.json", query).json()


def test_the_page_shows_the_end_and_leads_without_a_script_to_what_is_before(page, printed):
    html = page.get(f"{printed}?tab=console").content.decode()
    assert numbers(html) == list(range(801, 1_301))
    assert "&lt;i&gt;" in html
    assert "<i>" not in html
    assert '<span class="ansi-2">step</span>' in html
    older = re.search(r'href="(\?[^"]*before=801[^"]*)"', html)[1].replace("&amp;", "&")
    assert numbers(page.get(printed + older).content.decode()) == list(range(301, 801))


def test_an_address_leads_to_a_line_and_a_search_stays_in_it(page, printed):
    html = page.get(f"{printed}?tab=console&line=600").content.decode()
    assert numbers(html) == list(range(350, 850))
    assert 'id="L600" class="line is-target"' in html
    html = page.get(f"{printed}?tab=console&search=STEP+12&stream=stderr").content.decode()
    assert numbers(html) == [121, *range(1_201, 1_300, 10)]
    assert "<mark>step</mark></span><mark> 12</mark>" in html
    assert "console.json?search=STEP+12&amp;stream=stderr" in html
    assert "console.txt?search=STEP+12&amp;stream=stderr" in html


def test_a_script_asks_for_what_is_before_after_and_new(page, printed, world):
    before = ask(page, printed, before=801)
    assert (numbers(before["html"]), before["older"], before["newer"]) == (list(range(301, 801)), True, True)
    first = ask(page, printed, before=301)
    assert (numbers(first["html"])[0], first["older"]) == (1, False)
    after = ask(page, printed, after=1_290)
    assert (numbers(after["html"]), after["newer"], after["version"]) == (list(range(1_291, 1_301)), False, 1_300)
    assert ask(page, printed, after=0)["newer"] is True
    console_append(run=world.runs[0], offset=1_300, lines=[[1760000000, "stdout", "new"]])
    assert numbers(ask(page, printed, after=1_300)["html"]) == [1_301]
    assert ask(page, printed, after=1_300, stream="stderr")["html"].strip() == ""
    assert ask(page, printed, count=1, search="step 12")["matches"] == 111
    assert numbers(ask(page, printed, after="x", before="-1", line="9" * 30)["html"])[-1] == 1_301


def test_new_output_makes_its_part_of_the_page_new_and_no_other(page, printed, world):
    tags = {tab: page.get(f"{printed}?tab={tab}&fragments=1")["ETag"] for tab in ("console", "metrics")}
    console_append(run=world.runs[0], offset=1_300, lines=[[1760000000, "stdout", "new"]])
    status = {
        tab: page.get(f"{printed}?tab={tab}&fragments=1", headers={"If-None-Match": tag}).status_code
        for tab, tag in tags.items()
    }
    assert status == {"console": 200, "metrics": 304}
    fragment = page.get(f"{printed}?tab=console&fragments=1").content.decode()
    assert 'data-version="1301"' in fragment
    assert numbers(fragment) == []  # a script knows which lines it has


def test_output_is_kept_as_plain_text(page, printed, world):
    answer = page.get(f"{printed}/console.txt")
    text = b"".join(answer.streaming_content).decode()
    assert text.splitlines() == [f"step {n} <i>" for n in range(1_300)]
    assert text.endswith("\n")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    found = b"".join(page.get(f"{printed}/console.txt?search=step+129").streaming_content).decode()
    assert found.splitlines() == [f"step {n} <i>" for n in (129, *range(1_290, 1_300))]


def test_a_run_that_has_printed_nothing_says_so(page, world):
    assert "Nothing is printed yet." in page.get(f"{world.run_path}?tab=console").content.decode()
    assert b"".join(page.get(f"{world.run_path}/console.txt").streaming_content) == b""
