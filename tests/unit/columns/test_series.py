import math
import struct

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.columns.series import MAX_BUCKETS, MAX_POINTS, Series

# Few different values, so that ties come up; long enough that buckets are merged twice.
_values = st.lists(st.integers(-3, 3).map(float) | st.floats(), max_size=60)


def _series(values, steps=None):
    values = np.array(values, dtype=np.float64)
    steps = np.arange(len(values), dtype=np.int64) if steps is None else np.array(steps, dtype=np.int64)
    return Series().extended(steps, values)


def _points(series):
    steps, values = series.points()
    return list(zip(steps.tolist(), values.tolist(), strict=True))


@st.composite
def _long_curves(draw):
    """Draw a curve of up to some thousand values, and where it is cut into batches."""
    length = draw(st.integers(0, 4_000))
    seed = draw(st.integers(0, 2**32 - 1))
    values = np.random.default_rng(seed).integers(-50, 50, length).astype(np.float64)
    values[draw(st.lists(st.integers(0, max(length - 1, 0)), max_size=3)) if length else []] = math.nan
    return values, sorted(draw(st.lists(st.integers(0, length), max_size=5)))


@given(_values)
def test_up_to_512_finite_values_are_kept_as_they_are(values):
    assert _points(_series(values)) == [(i, v) for i, v in enumerate(values) if math.isfinite(v)]
    assert _series(values).width == 1


@given(_long_curves())
def test_how_values_were_cut_into_batches_does_not_matter(curve):
    values, cuts = curve
    whole = _series(values)
    series = Series()
    steps = np.arange(len(values), dtype=np.int64)
    for start, stop in zip([0, *cuts], [*cuts, len(values)], strict=True):
        series = Series.from_bytes(series.extended(steps[start:stop], values[start:stop]).to_bytes())
    assert _points(series) == _points(whole)
    assert (series.seen, series.skipped) == (whole.seen, whole.skipped)


@given(_long_curves())
def test_no_spike_is_lost_and_the_size_is_bounded(curve):
    values = curve[0]
    series = _series(values)
    finite = values[np.isfinite(values)]
    assert (series.seen, series.skipped) == (len(finite), len(values) - len(finite))
    kept = series.values
    assert len(kept) <= MAX_POINTS
    assert math.ceil(len(finite) / series.width) <= MAX_BUCKETS
    if not len(finite):
        return
    assert (kept[0], kept[-1]) == (finite[0], finite[-1])
    for bucket in range(math.ceil(len(finite) / series.width)):
        inside = finite[bucket * series.width : (bucket + 1) * series.width]
        drawn = kept[series.numbers // series.width == bucket]
        assert (drawn.min(), drawn.max()) == (inside.min(), inside.max())


@given(_long_curves())
def test_points_are_values_of_the_curve_in_their_order(curve):
    values = curve[0]
    points = _points(_series(values))
    assert all(values[step] == value for step, value in points)
    assert [step for step, _ in points] == sorted({step for step, _ in points})


def test_one_value_in_a_million_is_still_seen():
    values = np.zeros(1_000_000)
    values[777_777] = 5.0
    series = Series()
    for start in range(0, len(values), 100_000):
        part = values[start : start + 100_000]
        series = series.extended(np.arange(start, start + len(part), dtype=np.int64), part)
    assert (777_777, 5.0) in _points(series)
    assert len(series.values) <= MAX_POINTS
    assert len(series.to_bytes()) < 5_000


@pytest.mark.parametrize("values", [[], [math.nan], [math.inf, -math.inf]])
def test_a_curve_without_finite_values_is_empty(values):
    series = Series.from_bytes(_series(values).to_bytes())
    assert (series.seen, series.skipped, _points(series)) == (0, len(values), [])


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1), max_size=30))
def test_steps_and_extremes_keep_every_bit(steps):
    values = [1.7e308, -5e-324, 0.1][: len(steps)] + [1.0] * max(len(steps) - 3, 0)
    assert _points(Series.from_bytes(_series(values, steps).to_bytes())) == list(zip(steps, values, strict=True))


@pytest.mark.parametrize("damage", [b"", b"\x01", b"\x02"])
def test_bytes_that_are_no_series_are_refused(damage):
    stored = _series([1.0, 2.0]).to_bytes()
    with pytest.raises(ValueError, match="not a stored series"):
        Series.from_bytes(damage + (stored[1:] if damage == b"\x02" else b""))
    with pytest.raises(ValueError, match="not a stored series"):
        Series.from_bytes(stored[:-1])


def test_a_curve_of_more_points_than_any_has_is_refused_unread():
    packed = zstandard.ZstdCompressor().compress(bytes(24 * (MAX_POINTS + 1)))
    with pytest.raises(ValueError, match="not a stored series"):
        Series.from_bytes(struct.pack("<BqqI", 1, 5, 0, MAX_POINTS + 1) + packed)
