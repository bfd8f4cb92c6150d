import math
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.formatting import age, duration, number, value_text
from dashboard.progress import progress_of
from dashboard.trees import config_rows
from dashboard.why import why_sentence


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (1 / 3, "0.3333"),
        (-2.5, "-2.5"),
        (0.00012346, "0.0001235"),
        (0.000012346, "1.235e-5"),
        (1e-5, "1e-5"),
        (123456.789, "123,457"),
        (1234567.0, "1.235e6"),
        (-1234567.0, "-1.235e6"),
        (0.0, "0"),
        (3, "3"),
        (12345678, "12,345,678"),
        (10**20, "1e20"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (5e-324, "4.941e-324"),
    ],
)
def test_numbers_have_four_significant_digits(value, text):
    assert number(value) == text


def test_columns_keep_their_zeros():
    assert [number(v, keep_zeros=True) for v in (0.5, 12.0, 0.12345)] == ["0.5000", "12.00", "0.1235"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        ("adam", "adam"),
        ([1, "ü"], '[1, "ü"]'),
        ({"a": 1}, '{"a": 1}'),
        ("x" * 200, "x" * 119 + "…"),
    ],
)
def test_values_are_one_short_line(value, text):
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0.0s"), (0.25, "0.2s"), (12, "12s"), (61, "1m 01s"), (3700, "1h 01m"), (90_000, "1d 01h")],
)
def test_durations_have_two_units(seconds, text):
    assert duration(seconds) == text


def test_ages_have_one_unit():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    ages = [age(now - timedelta(seconds=s), now) for s in (-5, 30, 120, 7200, 200_000, 10_000_000, 50_000_000)]
    assert ages == ["just now", "just now", "2 min ago", "2 h ago", "2 d ago", "3 mo ago", "1 y ago"]


def test_progress_fills_the_bar_up_to_what_is_expected():
    progress = progress_of({"running": 5, "finished": 20, "failed": 15}, expected=80)
    assert [(s.state, s.x, s.width) for s in progress.segments] == [
        ("finished", 0, 25),
        ("failed", 25, 18.75),
        ("running", 43.75, 6.25),
    ]
    assert (progress.total, progress.ended, progress.active) == (40, 35, 5)
    assert progress.sentence == "40 of 80 runs: 20 finished, 15 failed, 5 running"


def test_a_bar_with_more_runs_than_expected_stays_full():
    segments = progress_of({"finished": 12}, expected=10).segments
    assert [s.width for s in segments] == [100]
    assert progress_of({}).segments == []


def test_nested_values_are_found_by_name_and_by_value():
    tree = config_rows({"model": {"width": 64, "act": "relu"}, "lr": 0.1, "empty": {}}, find="RE")
    assert [(row.place, row.name, row.text) for row in tree.rows] == [("model.", "act", "relu")]
    assert (tree.found, tree.total) == (1, 4)
    assert [row.name for row in config_rows({"b": 1, "a": 2}, limit=1).rows] == ["a"]


def test_a_suggestion_says_why():
    assert (
        why_sentence({"method": "grid", "number": 4, "seed": 1})
        == "The next point of the grid, as suggestion 4 (seed 1)."
    )
    bayes = {"method": "bayes", "number": 9, "observations": 1200, "expected_improvement": 0.0123}
    assert why_sentence(bayes) == (
        "Chosen by Bayesian search from 1,200 results with an expected improvement of 0.0123, as suggestion 9."
    )
    assert why_sentence({}) == ""
    assert why_sentence({"method": "mine"}) == "Chosen by mine."
