"""When a sweep will end, by its last runs and those under way."""

import pytest

from dashboard.forecast import forecast

TOLD = {
    "one at a time": ([10, 10, 10], [4], 3, 6 + 10 + 10),
    "two at a time share what is left": ([10, 10, 10], [5, 5], 6, (5 + 5 + 40) / 2),
    "the last runs of all": ([10, 10, 10], [1, 8], 2, 9),
    "one more than are under way takes a whole run": ([10, 10, 10], [9, 0], 3, 11),
    "longer than usual ends any moment": ([10, 10, 10], [99], 1, 0),
    "more under way than count": ([10, 10, 10], [2, 2, 2], 1, 8),
    "a mean of the last ones": ([5, 10, 15], [0], 1, 10),
}


@pytest.mark.parametrize("case", TOLD)
def test_the_end_is_told(case):
    durations, ages, left, seconds = TOLD[case]
    assert forecast(durations, ages, left).seconds == pytest.approx(seconds)


@pytest.mark.parametrize(("durations", "ages"), [([10, 10], [1]), ([], [1]), ([10, 10, 10], [])])
def test_too_few_runs_and_nothing_under_way_tell_nothing(durations, ages):
    assert forecast(durations, ages, 5) is None


def test_it_says_what_it_was_told_from():
    assert forecast([60] * 20, [1, 2, 3, 4], 100).basis == "1m 00s a run, 4 at a time, as the last 20 went"
