import numpy as np
import pytest

from sweeps_app.analysis.run_choice import RunChoice, chosen_places, groups_of

N = 100
OBJECTIVES = np.random.default_rng(0).permutation(N).astype(float)
NOBODY = np.zeros(N, dtype=bool)


def _values(choice, active=NOBODY, objectives=OBJECTIVES, maximize=False):
    return objectives[chosen_places(objectives, active, choice, maximize=maximize)].tolist()


def test_a_spread_has_both_ends_and_all_ranks_between():
    found = sorted(_values(RunChoice("spread", 12)))
    assert len(found) == 12
    assert (found[0], found[-1]) == (0, 99)
    assert np.diff(found).max() <= 10


def test_the_best_are_those_of_the_goal():
    assert sorted(_values(RunChoice("best", 5))) == [0, 1, 2, 3, 4]
    assert sorted(_values(RunChoice("best", 5), maximize=True)) == [95, 96, 97, 98, 99]


@pytest.mark.parametrize("which", ["spread", "best", "newest"])
def test_the_best_and_those_under_way_are_always_shown(which):
    active = NOBODY.copy()
    active[[3, 50]] = True
    objectives = np.where(active, np.nan, OBJECTIVES)
    places = chosen_places(objectives, active, RunChoice(which, 10), maximize=False)
    assert {3, 50, int(np.nanargmin(objectives))} <= set(places.tolist())
    assert len(places) == 10
    assert (np.diff(places) > 0).all()


def test_more_under_way_than_fit_are_the_newest_half():
    active = np.ones(N, dtype=bool)
    places = chosen_places(np.full(N, np.nan), active, RunChoice("spread", 10), maximize=False)
    assert len(places) == 10
    assert set(range(95, 100)) <= set(places.tolist())


def test_the_newest_and_all_of_few():
    places = chosen_places(OBJECTIVES, NOBODY, RunChoice("newest", 4), maximize=False).tolist()
    assert {97, 98, 99} <= set(places)
    assert chosen_places(OBJECTIVES[:3], NOBODY[:3], RunChoice("best", 4), maximize=False).tolist() == [0, 1, 2]


def _named(values, **most):
    return [(group.label, group.members.tolist()) for group in groups_of(values, **most)]


def test_values_are_groups_in_their_order():
    assert _named(["b", None, "a", "b"]) == [("a", [2]), ("b", [0, 3]), ("none", [1])]
    assert _named([10, 2, True, 10.0]) == [("2", [1]), ("10", [0, 3]), ("true", [2])]


def test_a_run_is_in_the_group_of_each_of_its_tags():
    assert _named([["x", "y"], [], ["y"]]) == [("x", [0]), ("y", [0, 2]), ("none", [1])]


def test_the_rarest_values_share_a_group():
    found = _named([*"aaabbcdef"], most=3)
    assert [label for label, _ in found] == ["a", "b", "4 other values"]
    assert found[-1][1] == [5, 6, 7, 8]


def test_many_numbers_become_intervals_of_equal_size():
    found = groups_of([*np.linspace(0, 1, 100).tolist(), None])
    assert [len(group.members) for group in found] == [20, 20, 20, 20, 20, 1]
    assert found[0].label == "0 to 0.192"
    assert found[-1].label == "none"
