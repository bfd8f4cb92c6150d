import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.columns.filters import Filter, best_filter, filtered, unfiltered

_patterns = st.lists(st.integers(0, 2**64 - 1), max_size=50)


@pytest.mark.parametrize("used", list(Filter))
@given(_patterns)
def test_every_filter_gives_back_every_bit(used, patterns):
    words = np.array(patterns, dtype=np.uint64)
    for values in (words.view(np.int64), words.view(np.float64)):
        raw = filtered(values, used)
        assert len(raw) == 8 * len(patterns)
        assert unfiltered(raw, used).tolist() == patterns


def test_shuffled_bytes_stand_by_their_place_in_the_number():
    assert filtered(np.array([0x0201, 0x0403], dtype=np.int64), Filter.SHUFFLE)[:4] == bytes([1, 3, 2, 4])


def test_differences_wrap_around_instead_of_overflowing():
    extremes = np.array([-(2**63), 2**63 - 1, 0], dtype=np.int64)
    assert unfiltered(filtered(extremes, Filter.DELTA), Filter.DELTA).view(np.int64).tolist() == extremes.tolist()


def test_counters_and_clocks_are_stored_as_differences_and_noise_is_not():
    assert best_filter(np.arange(1_000, dtype=np.int64)) is Filter.DELTA
    assert best_filter(1.7e9 + np.arange(1_000) * 0.5) is Filter.DELTA
    assert best_filter(np.random.default_rng(0).normal(size=1_000)) is Filter.SHUFFLE
    assert best_filter(np.array([1.0])) is Filter.SHUFFLE
