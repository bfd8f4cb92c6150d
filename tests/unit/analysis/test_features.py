import numpy as np

from sweeps_app.analysis.encoding import ParameterAxis
from sweeps_app.analysis.features import encode_configs

LR = ParameterAxis(("lr",), "number", log=True)
WIDTH = ParameterAxis(("net", "width"), "number")
OPT = ParameterAxis(("opt",), "category")
MOMENTUM = ParameterAxis(("momentum",), "number", conditional=True)
DECAY = ParameterAxis(("decay",), "category", conditional=True)


def test_features_are_complete_and_say_where_a_value_is_missing():
    configs = [{"lr": 0.1, "opt": "a"}, {"opt": "b"}, {"lr": 0.001}]
    encoded = encode_configs(configs, [LR, OPT])
    assert encoded.features == ("lr", "lr is missing", "opt = a", "opt = b")
    assert encoded.owners == (0, 0, 1, 1)
    assert encoded.matrix.tolist() == [[1, 0, 1, 0], [0.5, 1, 0, 1], [0, 0, 0, 0]]


def test_constants_are_left_out_and_named():
    encoded = encode_configs([{"lr": 0.1, "opt": "a"}, {"lr": 0.2, "opt": "a"}], [LR, OPT, WIDTH])
    assert ([c.axis.name for c in encoded.columns], encoded.constant) == (["lr"], ("opt", "net.width"))
    nothing = encode_configs([], [LR, OPT])
    assert (nothing.matrix.shape, nothing.constant) == ((0, 0), ("lr", "opt"))


def test_the_rarest_of_many_categories_share_a_feature():
    values = [f"c{i:03d}" for i in range(100)] + [f"c{i:03d}" for i in range(50, 82)]
    encoded = encode_configs([{"opt": value} for value in values], [OPT])
    assert len(encoded.features) == 33
    assert encoded.features[0] == "opt = c050"
    assert encoded.features[-1] == "opt is rare"
    assert (encoded.matrix.sum(axis=1) == 1).all()


def test_an_absent_conditional_parameter_looks_like_those_of_other_runs():
    configs = [{"momentum": i / 50, "decay": "ab"[i % 2]} if i < 50 else {} for i in range(100)]
    encoded = encode_configs(configs, [MOMENTUM, DECAY], seed=1)
    assert encoded.features == ("momentum", "decay = a", "decay = b")
    absent = encoded.matrix[50:]
    assert set(absent[:, 0]) <= set(encoded.matrix[:50, 0])
    assert len(set(absent[:, 0])) > 20
    assert (absent[:, 1:].sum(axis=1) == 1).all()
    assert np.isnan(encoded.columns[0].values[50:]).all()
    assert (encode_configs(configs, [MOMENTUM, DECAY], seed=1).matrix == encoded.matrix).all()


def test_that_a_conditional_parameter_is_absent_does_not_make_it_vary():
    encoded = encode_configs([{"momentum": 0.9}, {}, {"momentum": 0.9}], [MOMENTUM, DECAY])
    assert encoded.constant == ("momentum", "decay")
