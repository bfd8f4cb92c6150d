"""The command line, command by command."""

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import click
import pytest

from sweepdeck import _cli
from sweepdeck._cli.app import cli
from sweepdeck._errors import UsageError
from sweepdeck._launch.cards import shares
from sweepdeck._launch.macros import check_variables, expanded
from tests.sdk.script import ROOT

DOCS = (ROOT / "docs/cli.md").read_text()
CONFIG = {"lr": 0.1, "amp": True, "resume": False, "note": "a b", "opt": {"name": "adam", "betas": [0.9, 1]}}
YAML = """\
method: grid
metric: {name: loss}
parameters:
  lr:
    values: [0.1, 0.2]
  momentum:
    mn: 0.5
"""


def _commands(group=cli, above=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*above, name))
        else:
            yield " ".join((*above, name)), command


COMMANDS = dict(_commands())


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A working folder that is empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _said(capsys, *arguments, code=0):
    assert _cli.main(list(arguments)) == code, capsys.readouterr()
    return capsys.readouterr()


def _json(capsys, *arguments, code=0):
    return json.loads(_said(capsys, *arguments, "--json", code=code).out)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_explains_every_command_with_all_of_its_options(name):
    section = DOCS.partition(f"## sweepdeck {name.partition(' ')[0]}\n")[2].partition("\n## ")[0]
    assert f"sweepdeck {name}" in section
    options = {max(p.opts, key=len) for p in COMMANDS[name].params if isinstance(p, click.Option)}
    assert {option for option in options if option not in section} <= {"--json", "--project", "--entity", "--clean"}
    assert set(re.findall(r"--[a-z][a-z-]+", section)) <= {
        o for c in COMMANDS.values() for p in c.params for o in p.opts
    }


@pytest.mark.parametrize("name", [*COMMANDS, ""])
def test_every_command_has_help(capsys, name):
    assert "Usage: sweepdeck" in _said(capsys, *name.split(), "--help").out


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("${env}", ["/usr/bin/env"]),
        ("${interpreter}", [sys.executable]),
        ("x/${program}", ["x/train.py"]),
        (
            "${args}",
            ["--lr=0.1", "--amp=True", "--resume=False", "--note=a b", '--opt={"name": "adam", "betas": [0.9, 1]}'],
        ),
        (
            "${args_no_hyphens}",
            ["lr=0.1", "amp=True", "resume=False", "note=a b", 'opt={"name": "adam", "betas": [0.9, 1]}'],
        ),
        ("${args_no_boolean_flags}", ["--lr=0.1", "--amp", "--note=a b", '--opt={"name": "adam", "betas": [0.9, 1]}']),
        (
            "${args_append_hydra}",
            ["+lr=0.1", "+amp=True", "+resume=False", "+note=a b", "+opt.name=adam", "+opt.betas=[0.9, 1]"],
        ),
        (
            "${args_override_hydra}",
            ["++lr=0.1", "++amp=True", "++resume=False", "++note=a b", "++opt.name=adam", "++opt.betas=[0.9, 1]"],
        ),
        ("${args_json}", [json.dumps(CONFIG)]),
        ("--rate=${lr} ${opt.name} ${envvar:CITY}", ["--rate=0.1 adam Turin"]),
        ("$${lr} ${ {}", ["$0.1 ${ {}"]),
    ],
)
def test_macros_stand_for_what_the_page_says(monkeypatch, tmp_path, element, expected):
    monkeypatch.setenv("CITY", "Turin")
    found = expanded([element], program="train.py", config=CONFIG, json_file=tmp_path / "args.json")
    assert found == expected
    assert all(macro in DOCS for macro in re.findall(r"\$\{[a-z_]+\}", element) if macro != "${lr}")


def test_a_file_of_arguments_and_what_cannot_be_expanded(tmp_path):
    file = tmp_path / "args.json"
    assert expanded(["@${args_json_file}"], program="", config=CONFIG, json_file=file) == [f"@{file}"]
    assert json.loads(file.read_text()) == CONFIG
    with pytest.raises(UsageError, match="this run has no parameter 'momentum'"):
        expanded(["${momentum}"], program="", config=CONFIG, json_file=file)
    with pytest.raises(UsageError, match="NOWHERE is not set"):
        check_variables(["a", "b${envvar:NOWHERE}"])


def test_graphics_cards_are_shared_out(monkeypatch):
    assert shares("0,1,2,3,4", 2, None) == ["0,1", "2,3"]
    assert shares("GPU-a, GPU-b", 1, 1) == ["GPU-a"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    assert shares("all", 1, None) == ["4", "7"]
    for wanted, per_run, parallel, said in (
        ("0,1", 2, 2, "more than the 2"),
        ("0", 2, None, "more than"),
        ("1,1", 1, 1, "twice"),
        (",", 1, 1, "no card"),
    ):
        with pytest.raises(UsageError, match=said):
            shares(wanted, per_run, parallel)


def test_a_sweep_is_registered_with_what_the_options_say(fake, here, capsys):
    (here / "sweep.yaml").write_text(YAML.replace("mn", "min") + "program: train.py\n")
    made = _json(capsys, "sweep", "sweep.yaml", "-p", "digits", "--name", "mine")
    assert (made["project"], made["config"]["name"], made["config"]["program"]) == ("digits", "mine", "train.py")
    assert "sweepdeck agent ada/uncategorized/sweep001" in _said(capsys, "sweep", "sweep.yaml").out


def test_a_wrong_file_is_told_by_line_and_column(real, here, capsys):
    (here / "sweep.yaml").write_text(YAML)
    said = _said(capsys, "sweep", "sweep.yaml", code=1).err
    assert re.search(r"^  sweep\.yaml:7:5: parameters\.momentum\.mn: .*'?min", said, re.MULTILINE), said
    errors = _json(capsys, "sweep", "sweep.yaml", code=1)["errors"]
    assert {"file": "sweep.yaml", "line": 7, "column": 5, "attr": "parameters.momentum.mn"}.items() <= errors[0].items()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("method: grid\n\tmetric: x\n", r":2:1: .*spaces, not tabs"),
        ("method: grid: x\n", r":1:13: .*quote texts"),
        ("method: grid\nmethod: random\n", r":2:1: method: is given in line 1 already"),
        ("- method\n", r":1:1: has to begin with names"),
        ("", r":1:1: has to begin with names"),
        ("method: grid\nname: 2026-01-01\n", r":2:1: name: "),
        ("method: grid\nparameters: &all {lr: {value: 1}, <<: *all}\n", r":1:1: .*refers to itself"),
    ],
    ids=["tab", "colon", "twice", "list", "empty", "date", "itself"],
)
def test_what_is_no_configuration_is_told_before_the_server_is_asked(fake, here, capsys, text, said):
    (here / "sweep.yaml").write_text(text)
    assert re.search(said, _said(capsys, "sweep", "sweep.yaml", code=1).err)
    assert fake.sweeps == []


def test_a_sweep_is_changed_steered_and_looked_at(real, here, capsys):
    (here / "sweep.yaml").write_text(YAML.replace("mn", "value"))
    sweep_id = _json(capsys, "sweep", "sweep.yaml", "-p", "steered")["sweep_id"]
    (here / "sweep.yaml").write_text(YAML.replace("mn", "value") + "run_cap: 5\n")
    assert _json(capsys, "sweep", "sweep.yaml", "--update", sweep_id)["run_cap"] == 5
    states = [_json(capsys, "sweep", f"--{act}", f"owner/steered/{sweep_id}")["state"] for act in ("pause", "resume")]
    assert states == ["PAUSED", "RUNNING"]
    assert _json(capsys, "sweep", "--cancel", sweep_id)["state"] == "CANCELED"
    assert "CANCELED" in _said(capsys, "status", sweep_id).out
    assert _json(capsys, "report", sweep_id, "-o", "r.html")["bytes"] == (here / "r.html").stat().st_size > 0
    assert "is there already" in _said(capsys, "report", sweep_id, "-o", "r.html", code=1).err
    status = _json(capsys, "status", "owner/steered")
    assert (status["user"], status["project"]["sweeps_count"], status["project"]["runs_count"]) == ("owner", 1, 0)
    assert _said(capsys, "status", "nothing1", code=1).err.startswith("sweepdeck: there is no sweep 'nothing1'")


def test_runs_are_listed_shown_exported_and_deleted(real, here, capsys, monkeypatch):
    for number in range(3):
        real.post("/runs", {"run_id": f"r{number}", "project": "listed", "config": {"lr": number}})
    monkeypatch.setenv("SWEEPDECK_PROJECT", "listed")
    found = _json(capsys, "run", "list", "--sort", "config.lr", "--limit", "2")
    assert [run["run_id"] for run in found] == ["r0", "r1"]
    assert "OBJECTIVE" in _said(capsys, "run", "list").out
    assert "lr=1" in _said(capsys, "run", "show", "listed/r1").out
    assert _json(capsys, "export")["bytes"] == (here / "listed.sweepdeck").stat().st_size > 0
    assert "is there already" in _said(capsys, "export", "owner/listed", code=1).err
    assert _json(capsys, "run", "delete", "--yes", "r0", "owner/listed/r2", "r9") == {"deleted": 2}
    assert [run["run_id"] for run in _json(capsys, "run", "list")] == ["r1"]
    assert _json(capsys, "export", "nowhere", code=1)["errors"][0]["code"] == "not_found"
    assert _json(capsys, "import", "listed.sweepdeck", code=1)["errors"][0]["code"] == "conflict"
    imported = _json(capsys, "import", "listed.sweepdeck", "-p", "again")
    assert (imported["project"]["name"], imported["runs"]) == ("again", 3)
    (here / "broken.sweepdeck").write_bytes((here / "listed.sweepdeck").read_bytes()[:-100])
    assert "archive" in _said(capsys, "import", "broken.sweepdeck", code=1).err
    (here / "broken.sweepdeck").unlink()
    assert sorted(path.name for path in here.glob("*.sweepdeck*")) == ["listed.sweepdeck"]


def test_failed_runs_are_tried_again_one_by_one_or_all_of_a_sweep(real, here, capsys):
    config = {"method": "random", "parameters": {"lr": {"min": 0.0, "max": 1.0}}}
    sweep_id = real.post("/sweeps", {"config": config, "project": "retried"})["sweep_id"]
    real.post(f"/sweeps/{sweep_id}/agents", {"agent_id": "agentretry"})
    ids = []
    for number in range(3):
        run = real.post("/agents/agentretry/next", {"request_id": str(number), "start": {}})["run"]
        real.post(f"/runs/owner/retried/{run['run_id']}/finish", {"exit_code": 1})
        ids.append(run["run_id"])
    waiting = _json(capsys, "run", "retry", f"retried/{ids[0]}", f"owner/retried/{ids[1]}")
    assert [(run["run_id"], run["state"], run["requeue_cause"]) for run in waiting] == [
        (run_id, "pending", "retried") for run_id in ids[:2]
    ]
    assert f"run {ids[0]} waits for an agent, after attempt 1" in _said(capsys, "run", "retry", f"retried/{ids[0]}").out
    assert _json(capsys, "sweep", "--retry-failed", f"owner/retried/{sweep_id}") == {"run_ids": ids[2:]}
    assert "0 runs wait for an agent" in _said(capsys, "sweep", "--retry-failed", sweep_id).out
    real.post("/runs", {"run_id": "alone", "project": "retried"})
    assert "not of a sweep" in _said(capsys, "run", "retry", "retried/alone", code=1).err


def test_the_key_is_kept_and_wrong_keys_dead_servers_and_wrong_arguments_have_codes(fake, capsys, monkeypatch):
    assert _json(capsys, "login")["user"] == "ada"
    monkeypatch.setenv("SWEEPDECK_API_KEY", "wrong")
    said = _said(capsys, "login", code=4).err
    assert "does not accept" in said
    assert ".. " not in said
    monkeypatch.setenv("SWEEPDECK_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setattr("sweepdeck._auth.LOGIN_SECONDS", 0.1)
    assert "cannot reach" in _json(capsys, "login", code=3)["errors"][0]["detail"]
    _said(capsys, "agent", "x", "--per-run", "2", code=2)
    _said(capsys, "sweep", "x", "--pause", "--update", "y", code=2)


def test_shells_complete_by_what_is_printed(capsys):
    for shell in ("bash", "zsh", "fish"):
        assert "_SWEEPDECK_COMPLETE" in _said(capsys, "completion", shell).out
    assert _said(capsys, "--version").out.startswith("sweepdeck ")


def test_without_its_libraries_the_command_says_what_to_install(capsys, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("sweepdeck._cli.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "click", None)
    assert "pip install 'sweepdeck[cli]'" in _said(capsys, "status", code=1).err


def test_functions_in_a_file_decide_for_a_sweep(real, here, capsys):
    (here / "mine.py").write_text(
        "def search(config, runs):\n    return {'lr': 0.1 * (1 + len(runs))} if len(runs) < 2 else None\n"
    )
    (here / "nothing.py").write_text("x = 1\n")
    config = {"method": "custom", "metric": {"name": "loss"}, "parameters": {"lr": {"min": 0.0, "max": 1.0}}}
    sweep_id = real.post("/sweeps", {"config": config, "project": "decided"})["sweep_id"]
    assert "defines neither" in _said(capsys, "controller", sweep_id, "nothing.py", code=1).err
    real.post(f"/sweeps/{sweep_id}/agents", {"agent_id": "agentofnobody1"})

    def work():
        seen = []
        while (answer := real.post("/agents/agentofnobody1/next", {"request_id": f"r{len(seen)}", "wait": 20}))["run"]:
            seen.append(answer["run"]["config"]["lr"])
            run = answer["run"]
            real.post(f"/runs/{run['entity']}/{run['project']}/{run['run_id']}/finish", {"exit_code": 0})
        return seen

    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(work)
        assert _json(capsys, "controller", sweep_id, "mine.py") == {"sweep": sweep_id, "state": "FINISHED", "runs": 2}
        assert worker.result(30) == [0.1, 0.2]
