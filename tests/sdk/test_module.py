"""The module as a script sees it: `import sweepdeck as wandb`."""

import importlib
import subprocess
import sys

import pytest

import sweepdeck
import sweepdeck as wandb


def _python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout


def test_importing_it_imports_nothing_heavy():
    heavy = "{'urllib3', 'http', 'ssl', 'json', 'socket', 'ctypes', 'django', 'numpy', 'email', 'logging'}"
    assert _python(f"import sys, sweepdeck._version; print({heavy} & set(sys.modules))").strip() == "set()"


def test_using_it_imports_neither_server_nor_numerical_libraries():
    others = "{'django', 'numpy', 'sklearn', 'scipy', 'sweeps_app', 'rest_framework', 'IPython'}"
    code = (
        f"import sys, sweepdeck; sweepdeck.init, sweepdeck.agent, sweepdeck.config; print({others} & set(sys.modules))"
    )
    assert _python(code).strip() == "set()"


@pytest.mark.parametrize("name", sweepdeck.__all__)
def test_every_public_name_is_there(name):
    assert hasattr(importlib.import_module("sweepdeck"), name)
    assert name in dir(sweepdeck)


def test_a_star_import_brings_the_public_names():
    assert "ok" in _python("from sweepdeck import *; init, log, config, summary, agent; print('ok')")


@pytest.mark.parametrize("name", ["Video", "watch", "Artifact", "Settings", "alert"])
def test_what_only_wandb_has_is_named(name):
    with pytest.raises(AttributeError, match=f"has no '{name}' in Sweepdeck"):
        getattr(wandb, name)
    assert not hasattr(wandb, name)


def test_a_misspelt_name_gets_a_suggestion(fake):
    with pytest.raises(AttributeError, match="Did you mean 'login'"):
        wandb.logn  # noqa: B018
    with pytest.raises(AttributeError, match="Did you mean 'finish'"):
        wandb.init().finsh()


def test_before_init_everything_says_so():
    assert wandb.run is None
    uses = [
        lambda: wandb.log({"a": 1}),
        lambda: wandb.config.lr,
        lambda: wandb.config["lr"],
        lambda: wandb.config.update({"a": 1}),
        lambda: dict(wandb.config),
        lambda: len(wandb.config),
        lambda: wandb.summary.loss,
        lambda: wandb.summary.__setitem__("a", 1),
        lambda: setattr(wandb.config, "a", 1),
        lambda: setattr(wandb, "config", {"a": 1}),
    ]
    for use in uses:
        with pytest.raises(wandb.UsageError, match=r"call sweepdeck\.init\(\) before"):
            use()
    assert "call sweepdeck.init() first" in repr(wandb.config)
    assert not hasattr(wandb.config, "_repr_html_")


def test_a_config_imported_before_init_works_after_it(fake):
    from sweepdeck import config, summary

    wandb.init(config={"lr": 0.1})
    assert config.lr == config["lr"] == 0.1
    config.depth = 3
    config["width"] = 4
    summary.update({"loss": 1})
    assert wandb.config is wandb.run.config
    assert (wandb.config.depth, wandb.config.width, wandb.summary.loss) == (3, 4, 1)
    assert dict(config) == dict(wandb.config)
    assert repr(config) == repr(wandb.config)


def test_config_means_the_run_that_is_current(fake):
    wandb.init(config={"n": 1}).finish()
    wandb.init(config={"n": 2})
    assert wandb.config.n == 2


def test_nothing_is_said_when_silence_is_asked_for(fake, monkeypatch, capsys):
    monkeypatch.setenv("SWEEPDECK_SILENT", "true")
    wandb.init().finish()
    assert capsys.readouterr() == ("", "")
