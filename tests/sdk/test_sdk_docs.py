"""docs/sdk.md says what the code does."""

import inspect
import re
from dataclasses import MISSING, fields

import pytest

import sweepdeck
from sweepdeck import _agent, _auth, _init, _sweep
from sweepdeck._run import Run
from sweepdeck._settings import Settings
from tests.sdk.script import ROOT

DOCS = (ROOT / "docs/sdk.md").read_text()
TABLE = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", DOCS, re.MULTILINE))
HEADINGS = dict(re.findall(r"^### (\w+)\((.*)\)$", DOCS, re.MULTILINE))
OLD_ARGUMENTS = {"sync", "quiet"}


def test_every_variable_of_the_environment_is_explained_and_no_other():
    code = "".join(path.read_text() for path in sorted((ROOT / "sweepdeck").rglob("*.py")))
    assert set(re.findall(r"\bSWEEPDECK_[A-Z_]+\b", code)) | {"NETRC"} == set(TABLE)
    assert len(fields(Settings)) == len(TABLE) - 1


def test_the_defaults_are_those_of_the_code():
    shown = {
        "base_url": TABLE["SWEEPDECK_BASE_URL"],
        "finish_timeout": TABLE["SWEEPDECK_FINISH_TIMEOUT"],
        "silent": TABLE["SWEEPDECK_SILENT"],
    }
    defaults = {field.name: field.default for field in fields(Settings) if field.default is not MISSING}
    assert {name: text.strip("`") for name, text in shown.items()} == {
        "base_url": defaults["base_url"],
        "finish_timeout": f"{defaults['finish_timeout']:.0f}",
        "silent": str(defaults["silent"]).lower(),
    }


@pytest.mark.parametrize(
    "name", ["login", "sweep", "agent", "controller", "init", "log", "define_metric", "save", "finish"]
)
def test_every_function_is_shown_with_its_arguments_and_defaults(name):
    parameters = inspect.signature(getattr(sweepdeck, name)).parameters.values()
    shown = []
    keyword_only = False
    for parameter in parameters:
        if parameter.kind is parameter.VAR_KEYWORD or parameter.name in OLD_ARGUMENTS:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            shown.append("*")
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        shown.append(f"{parameter.name}{default}")
    assert HEADINGS[name] == ", ".join(shown)


@pytest.mark.parametrize("module", [_auth, _init, _sweep, _agent])
def test_arguments_that_only_wandb_has_are_listed(module):
    section = DOCS.partition("## Coming from wandb")[2]
    assert [name for name in module._WANDB_ONLY if not re.search(rf"\b{name}\b", section)] == []


def test_every_attribute_of_a_run_is_listed():
    section = DOCS.partition("### The run")[2].partition("###")[0]
    public = [name for name in dir(Run) if not name.startswith("_") and name not in ("end", "detach", "stop_output")]
    assert [name for name in public if f"`{name}" not in section and name not in section] == []


def test_every_public_name_is_mentioned():
    names = [name for name in sweepdeck.__all__ if not name.startswith("_") and name not in ("Config", "Summary")]
    assert [name for name in names if not re.search(rf"\b{name}\b", DOCS)] == []


def test_the_readme_shows_the_quickstart_to_the_letter():
    assert (ROOT / "examples/quickstart.py").read_text() in (ROOT / "README.md").read_text()
