"""When an agent gives up."""

import pytest

from sweepdeck._failures import Failures


def _after(outcomes, at=0.0):
    failures = Failures()
    for outcome in outcomes:
        failures.note(has_failed=outcome == "f", has_finished=outcome == "o", at=at)
    return failures.verdict()


@pytest.mark.parametrize("outcomes", ["", "ff", "ffooo", "kkkkk", "ofofo"])
def test_it_goes_on(outcomes):
    assert _after(outcomes) == ""


def test_three_failures_in_the_first_minute_are_enough():
    assert _after("offf") == "3 runs failed in the first 60 seconds"


def test_later_five_failures_count_where_no_more_have_finished():
    assert _after("ffff", at=61) == ""
    assert _after("fffff", at=61) == "5 runs failed and 0 finished"
    assert _after("ooooofffff", at=61) == "5 runs failed and 5 finished"
    assert _after("oooooofffff", at=61) == ""


def test_killed_runs_count_as_neither():
    assert _after("ofkkkkkk", at=61) == ""
