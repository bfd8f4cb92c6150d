import shlex
from pathlib import Path

import pytest

from sweepdeck._launch.macros import expanded
from sweeps_app.search.command_line import DEFAULT_COMMAND, command_line

CONFIG = {"lr": 0.1, "name": "it's a model", "deep": {"n": 2}, "flag": True, "off": False, "list": [1, "a b"]}


@pytest.mark.parametrize(
    "command",
    [
        DEFAULT_COMMAND,
        ("python", "${program}", "${args_no_hyphens}"),
        ("${program}", "${args_no_boolean_flags}"),
        ("${program}", "${args_append_hydra}"),
        ("${program}", "${args_override_hydra}", "--seed", "7"),
        ("${program}", "--config=${args_json}", "${lr}x${deep.n}", ""),
        ("${program}", "${args_json_file}"),
    ],
)
def test_a_shell_reads_the_arguments_that_an_agent_passes(command, tmp_path):
    passed = expanded(command, program="train.py", config=CONFIG, json_file=tmp_path / "config.json")
    passed = [argument.replace(str(tmp_path / "config.json"), "config.json") for argument in passed]
    line = command_line(command, program="train.py", config=CONFIG, interpreter="PYTHON")
    interpreter = expanded(("${interpreter}",), program="", config={}, json_file=Path())
    assert [word.replace("PYTHON", interpreter[0]) for word in shlex.split(line)] == passed


def test_variables_of_the_environment_are_named_and_not_read():
    line = command_line(("run", "--data=${envvar:DATA}/${lr}", "${envvar:HOME}"), program="", config=CONFIG)
    assert line == 'run --data="${DATA}"/0.1 "${HOME}"'


def test_what_cannot_be_filled_in_is_no_command():
    assert command_line(("${program}", "${momentum}"), program="a.py", config=CONFIG) is None
    assert command_line(DEFAULT_COMMAND, program="", config=CONFIG) is None
