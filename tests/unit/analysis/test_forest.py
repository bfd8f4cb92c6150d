import numpy as np

from sweeps_app.analysis import forest
from sweeps_app.analysis.forest import REFITS, grow_forests


def _problem(n=120, k=4):
    features = np.random.default_rng(0).random((n, k)).astype(np.float32)
    return features, features[:, 0] ** 2 + features[:, 1].astype(np.float64)


def test_each_forest_is_grown_on_a_bootstrap_sample_and_predicts_what_it_has_not_seen():
    features, target = _problem()
    forests = grow_forests(features, target, seed=1)
    assert len(forests) == REFITS
    for grown in forests:
        new = grown.drawn == 0
        assert grown.drawn.sum() == 120
        assert 0.2 < new.mean() < 0.5
        assert np.corrcoef(grown.predict(features[new]), target[new])[0, 1] > 0.8


def test_the_same_seed_gives_the_same_trees_and_another_does_not():
    features, target = _problem()
    first, again, other = (
        [grown.predict(features).tolist() for grown in grow_forests(features, target, seed=seed)] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_many_runs_are_shared_out_among_the_trees(monkeypatch):
    monkeypatch.setattr(forest, "_TREE_CELLS", 200)
    features, target = _problem()
    trees = grow_forests(features, target, seed=1)[0].trees
    assert {int(tree.tree_.n_node_samples[0]) for tree in trees} == {50}
    assert len({tree.tree_.node_count for tree in trees}) > 1


def test_predicting_in_parts_changes_nothing(monkeypatch):
    features, target = _problem()
    grown = grow_forests(features, target, seed=1)[0]
    whole = grown.by_tree(features)
    monkeypatch.setattr(forest, "_PREDICTED_CELLS", 28)
    assert (grown.by_tree(features) == whole).all()
    assert grown.predict(features[:0]).shape == (0,)


def test_the_input_stays_as_it_was():
    features, target = _problem()
    before = features.copy()
    grow_forests(features, target, seed=1)
    assert (features == before).all()
