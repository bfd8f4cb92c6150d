import numpy as np
import pytest

from sweeps_app.analysis.alignment import XY, aligned, band_of, joined, places_of


def _curve(x, y):
    return XY(np.array(x, dtype=float), np.array(y, dtype=float))


LONG, SHORT = _curve([0, 10, 20], [4, 2, 0]), _curve([0, 10], [1, 3])
NAN = np.nan


def test_a_run_counts_from_its_first_to_its_last_point_or_holds_that():
    places = np.array([0.0, 5.0, 10.0, 15.0])
    np.testing.assert_array_equal(aligned([LONG, SHORT], places), [[4, 3, 2, 1], [1, 2, 3, NAN]])
    np.testing.assert_array_equal(aligned([SHORT], places, ends="hold"), [[1, 2, 3, 3]])
    np.testing.assert_array_equal(aligned([_curve([7], [1])], places, ends="hold"), [[NAN, NAN, 1, 1]])


def test_bins_have_the_mean_of_each_runs_points():
    curve = _curve([0, 1, 2, 10], [1, 2, 3, 8])
    np.testing.assert_array_equal(aligned([curve], np.array([0.0, 5.0, 10.0]), align="bin"), [[2, NAN, 8]])


def test_where_curves_are_compared():
    assert places_of([LONG, SHORT]).tolist() == [0, 10, 20]
    many = places_of([_curve(np.arange(1000), np.zeros(1000))], most=5)
    assert many.tolist() == [0, 249.75, 499.5, 749.25, 999]
    log = places_of([_curve(np.arange(1001), np.zeros(1001))], log=True, most=4)
    np.testing.assert_allclose(log, [1, 10, 100, 1000])
    assert len(places_of([])) == 0


def test_of_points_at_one_place_the_last_one_counts_and_order_does_not_matter():
    curve = _curve([10, 0, 10], [5, 1, 3])
    np.testing.assert_array_equal(aligned([curve], np.array([0.0, 5.0, 10.0])), [[1, 2, 3]])


@pytest.mark.parametrize(
    ("kind", "middle", "low", "high"),
    [
        ("std", 3, 3 - np.std([1, 2, 3, 6], ddof=1), 3 + np.std([1, 2, 3, 6], ddof=1)),
        ("stderr", 3, 3 - np.std([1, 2, 3, 6], ddof=1) / 2, 3 + np.std([1, 2, 3, 6], ddof=1) / 2),
        ("minmax", 3, 1, 6),
        ("q80", 2.5, np.quantile([1, 2, 3, 6], 0.1), np.quantile([1, 2, 3, 6], 0.9)),
        ("q50", 2.5, 1.75, 3.75),
    ],
)
def test_bands(kind, middle, low, high):
    values = np.array([[1, NAN, NAN], [2, 7, NAN], [6, NAN, NAN], [3, NAN, NAN]])
    band = band_of(values, kind)
    assert band.counts.tolist() == [4, 1, 0]
    np.testing.assert_allclose([band.middle[0], band.low[0], band.high[0]], [middle, low, high])
    assert band.middle[1] == 7
    assert np.isnan([band.middle[2], band.low[2], band.high[2]]).all()
    assert np.isnan(band.low[1]) == (kind in ("std", "stderr"))


def test_bands_of_nothing():
    band = band_of(np.empty((0, 3)), "q50")
    assert band.counts.tolist() == [0, 0, 0]
    assert np.isnan(band.middle).all()


def test_another_metric_is_joined_by_step():
    steps = np.array([0, 5, 10, 20])
    found = joined(steps, np.array([0, 10, 10, 12]), np.array([100.0, 150.0, 200.0, 220.0]))
    np.testing.assert_array_equal(found, [100, 150, 200, NAN])
    assert np.isnan(joined(steps, np.empty(0, np.int64), np.empty(0))).all()
