"""Contrast of text and of what can be operated, by the formula of WCAG 2.2 (relative luminance), in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css").read_text()
COLORS = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", TOKENS))
GROUNDS = ("ground", "surface", "raised", "hover", "selected")
TEXTS = ("text", "text-soft", "text-faint", "accent", "danger")
STATES = tuple(name for name in COLORS if name.startswith("state-"))
NAMED = tuple(f"ansi-{number}" for number in range(16))


def _color(name, theme):
    return COLORS[name].split(", ")[theme == "dark"]


def _luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_gives_the_known_extremes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", [*TEXTS, *STATES, *NAMED])
def test_text_can_be_read_on_every_ground(text, ground, theme):
    assert contrast(_color(text, theme), _color(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("warning", "warning-ground"),
        ("danger", "danger-ground"),
        ("danger", "sunken"),
        ("state-finished", "good-ground"),
        ("text", "good-ground"),
        ("text", "sunken"),
        ("text-soft", "sunken"),
        ("on-mark", "mark"),
        ("accent-strong", "surface"),
        ("text", "heat-low"),
        ("text", "heat-high"),
    ],
)
def test_text_can_be_read_on_grounds_of_its_own(text, ground, theme):
    assert contrast(_color(text, theme), _color(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "mark", ["line-strong", "accent", "chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"]
)
def test_what_bounds_a_control_or_is_a_mark_in_a_chart_can_be_seen(mark, theme):
    assert contrast(_color(mark, theme), _color("surface", theme)) >= 3
