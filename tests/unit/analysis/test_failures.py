"""When a place is to blame for its failures: against scipy, and by what it does to many sweeps."""

import random
from pathlib import Path

import pytest
from scipy.stats import fisher_exact

from sweeps_app.analysis.failures import LEVEL, MIN_FAILED, MIN_RATE, MIN_RATIO, Tally, chance, fails_far_more

pytestmark = pytest.mark.serverless


def test_the_chance_is_that_of_fishers_exact_test():
    draw = random.Random(0)
    for _ in range(100):
        here, elsewhere = (Tally(n := draw.randint(1, 400), draw.randint(0, n)) for _ in range(2))
        table = [[t.failed, t.done - t.failed] for t in (here, elsewhere)]
        expected = fisher_exact(table, alternative="greater").pvalue
        assert chance(here, elsewhere) == pytest.approx(expected, rel=1e-6, abs=1e-300)


@pytest.mark.parametrize(
    ("here", "elsewhere", "places", "expected"),
    [
        (Tally(5, 5), Tally(16, 0), 4, True),
        (Tally(4, 4), Tally(500, 0), 4, False),  # too few to be more than an accident
        (Tally(470, 470), Tally(0, 0), 1, False),  # nobody to compare with
        (Tally(470, 470), Tally(30, 0), 4, True),
        (Tally(100, 40), Tally(1000, 0), 4, False),  # most of what runs here goes well
        (Tally(100, 95), Tally(1000, 600), 4, False),  # certain, but not far more often
        (Tally(5, 5), Tally(8, 0), 4, False),  # may be chance, with so many places to look at
        (Tally(5, 5), Tally(8, 0), 1, True),
        (Tally(100_000, 90_000), Tally(1_000_000, 1_000), 1000, True),
    ],
)
def test_what_is_far_more_often(here, elsewhere, places, expected):
    assert fails_far_more(here, elsewhere, places) is expected


def _blamed(places, runs, rates, seed):
    """Return which places are blamed where runs end one after the other, and how often the first had failed by then."""
    draw, tallies, blamed = random.Random(seed), [Tally(0, 0)] * places, {}
    for _ in range(runs):
        here = draw.choice([place for place in range(places) if place not in blamed])
        failed = draw.random() < rates[here]
        tallies[here] = Tally(tallies[here].done + 1, tallies[here].failed + failed)
        others = [tallies[place] for place in range(places) if place != here and place not in blamed]
        elsewhere = Tally(sum(t.done for t in others), sum(t.failed for t in others))
        if failed and fails_far_more(tallies[here], elsewhere, len(others) + 1):
            blamed[here] = tallies[here].failed
    return blamed


@pytest.mark.parametrize("rate", [0.1, 0.4, 0.6, 0.95])
def test_places_that_fail_alike_are_hardly_ever_blamed(rate):
    wrong = sum(bool(_blamed(4, 500, [rate] * 4, seed)) for seed in range(50))
    assert wrong <= 2


@pytest.mark.parametrize(("others", "soon"), [(0.0, 8), (0.3, 25)])
def test_a_bad_place_is_soon_found_and_no_other(others, soon):
    for seed in range(20):
        found = _blamed(8, 500, [1.0, *[others] * 7], seed)
        assert list(found) == [0]
        assert found[0] <= soon


def test_the_page_tells_the_numbers_of_the_rule():
    text = (Path(__file__).resolve().parents[3] / "docs/agents.md").read_text().partition("## Quarantine")[2]
    assert f"at least {MIN_FAILED} runs have failed there, and at least half" in text
    assert f"the chance is {LEVEL} at the most" in text
    assert ("at least twice the rate" in text, MIN_RATE, MIN_RATIO) == (True, 0.5, 2.0)
