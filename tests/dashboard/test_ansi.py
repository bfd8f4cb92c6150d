import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ansi import line_html
from dashboard.colors import BLACK, READABLE, WHITE, Rgb, contrast, legible, of_256, on_ground
from sweeps_app.columns.lines import plain

ESC = "\x1b["


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "plain"),
        ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#x27;"),
        (f"a{ESC}31mred{ESC}0mb", 'a<span class="ansi-1">red</span>b'),
        (f"{ESC}1;4;92mx", '<span class="ansi-bold ansi-underlined ansi-10">x</span>'),
        (f"{ESC}1;3mx{ESC}22my", '<span class="ansi-bold ansi-italic">x</span><span class="ansi-italic">y</span>'),
        (f"{ESC}38;5;9mx{ESC}39my", '<span class="ansi-9">x</span>y'),
        (f"{ESC}38:2:255:0:0mx", '<span data-ink="light-dark(#d90000, #ff4040)">x</span>'),
        (f"{ESC}48;5;16mx", '<span data-ground="#000000" data-ink="#ffffff">x</span>'),
        (f"{ESC}97;101mx", '<span data-ground="#f14c4c" data-ink="#ffffff">x</span>'),
        (f"{ESC}7mx", '<span class="ansi-inverse">x</span>'),
        (f"{ESC}31;7mx", '<span data-ground="#cd3131" data-ink="#ffffff">x</span>'),
        (f"10%\r20%\r{ESC}2K30%\r", "30%"),
        ("a\tb\x08\x07\x00c\x9b", "a\tbc"),
        (f"{ESC}mempty", "empty"),
        (f"{ESC}38;5mx{ESC}38;2;1mx{ESC}999mx", "xxx"),
        (f"\x1b]8;;http://evil\x07{ESC}1Clink\x1b]8;;\x07", "link"),
    ],
)  # fmt: skip
def test_a_line_looks_as_in_a_terminal(text, html):
    assert line_html(text) == html


@pytest.mark.parametrize(
    ("text", "search", "html"),
    [
        ("a Loss b loss", "loss", "a <mark>Loss</mark> b <mark>loss</mark>"),
        (f"{ESC}31mlo{ESC}0mss", "loss", '<span class="ansi-1"><mark>lo</mark></span><mark>ss</mark>'),
        ("a<b", "<", "a<mark>&lt;</mark>b"),
        ("1.5 x 1,5", "1.5", "<mark>1.5</mark> x 1,5"),
        ("aaa", "aa", "<mark>aa</mark>a"),
    ],
)
def test_what_is_found_is_marked(text, search, html):
    assert line_html(text, search) == html


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("\x1b[;m0134875<>\r"), max_size=60), st.text(max_size=4))
def test_nothing_that_a_line_holds_becomes_a_tag(text, search):
    html = line_html(text, search)
    tags = re.compile(r'<span(?: class="[a-z0-9 -]+")?(?: data-[a-z]+="[a-z0-9#,() -]+")*>|</span>|<mark>|</mark>')
    bare = tags.sub("", html)
    assert "<" not in bare
    assert ">" not in bare
    assert "\x1b" not in bare
    shown = text.rstrip("\r").rpartition("\r")[2]
    assert [c for c in unescape(bare) if c.isalnum()] == [c for c in plain(shown) if c.isalnum()] or "\x1b" in text


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_text_of_any_colour_can_be_read_in_both_themes(parts):
    light, dark = legible(Rgb(*parts))
    assert contrast(light, (240, 245, 244)) >= READABLE
    assert contrast(dark, (26, 36, 37)) >= READABLE


@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3))
def test_text_on_any_ground_can_be_read(ground, wanted):
    assert contrast(on_ground(Rgb(*ground), Rgb(*wanted)), ground) >= 3
    assert on_ground(Rgb(*ground), None) in (BLACK, WHITE)


def test_the_colours_by_number_are_those_of_terminals():
    assert [str(of_256(n)) for n in (16, 21, 196, 231, 232, 255)] == [
        *("#000000", "#0000ff", "#ff0000", "#ffffff", "#080808", "#eeeeee")
    ]
