"""Config and summary of a run, as a script sees them."""

import argparse
import copy
import pickle

import pytest

from sweepdeck._config import Config, config_items
from sweepdeck._errors import UsageError
from sweepdeck._summary import Summary


@pytest.fixture
def sent():
    return {}


@pytest.fixture
def config(sent):
    return Config({"lr": 0.1, "model": {"width": 8}}, sent.update)


def test_values_are_read_by_attribute_and_by_key(config):
    assert config.lr == config["lr"] == 0.1
    assert config.get("none", 5) == 5
    assert config["model"]["width"] == 8
    assert dict(config) == config.as_dict() == {"lr": 0.1, "model": {"width": 8}}


def test_a_name_that_is_not_there_is_an_error_of_the_usual_kind(config):
    with pytest.raises(AttributeError, match="'momentum'"):
        config.momentum  # noqa: B018
    with pytest.raises(KeyError):
        config["momentum"]


def test_changes_are_heard_by_whatever_way(config, sent):
    config.lr = 0.2
    config["depth"] = 3
    config.update({"a": 1}, allow_val_change=True)
    config.update(argparse.Namespace(b=2))
    config.update([("c", 3)], d=4)
    assert sent == {"lr": 0.2, "depth": 3, "a": 1, "b": 2, "c": 3, "d": 4}
    assert config.b == 2


def test_setdefaults_leaves_what_is_there(config, sent):
    config.setdefaults({"lr": 9, "momentum": 0.9})
    assert sent == {"momentum": 0.9}
    assert config.lr == 0.1


def test_what_the_sweep_chose_stays(sent, capsys):
    config = Config({"lr": 0.1}, sent.update, chosen={"lr"})
    config.update({"lr": 5, "epochs": 3})
    config.lr = 6
    assert config.lr == 0.1
    assert sent == {"epochs": 3}
    assert capsys.readouterr().err.count("the sweep's to choose") == 1


def test_values_cannot_be_deleted(config):
    with pytest.raises(TypeError, match="not deleted"):
        del config["lr"]


def test_copies_hold_the_values_and_tell_nobody(config, sent):
    for copied in (copy.deepcopy(config), pickle.loads(pickle.dumps(config))):
        copied.lr = 7
        assert copied.model == {"width": 8}
    assert sent == {}
    assert config.lr == 0.1


def test_config_comes_as_a_mapping_or_an_object():
    assert config_items(None) == {}
    assert config_items(argparse.Namespace(x=1)) == {"x": 1}
    with pytest.raises(UsageError, match="not str"):
        config_items("config.yaml")


def test_the_summary_holds_the_last_value_unless_the_script_sets_it(sent):
    summary = Summary(sent.update)
    summary.note_logged({"loss": 3, "accuracy": 0.5})
    summary["accuracy"] = 0.9
    summary.note_logged({"loss": 2, "accuracy": 0.6})
    assert dict(summary) == {"loss": 2, "accuracy": 0.9}
    assert sent == {"accuracy": 0.9}
