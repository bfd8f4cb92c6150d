"""Processes that train together: one of them logs."""

import threading

import pytest

import sweepdeck
from sweepdeck import _ranks
from sweepdeck._api import Client
from sweepdeck._launch.plan import Plan, Program
from tests.sdk.script import ROOT


@pytest.fixture
def ranked(monkeypatch):
    """This process is rank 1 of 2."""
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")


@pytest.mark.parametrize(
    ("environment", "rank"),
    [
        ({}, 0),
        ({"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1"}, 3),
        ({"RANK": "0", "WORLD_SIZE": "1", "SLURM_PROCID": "2", "SLURM_NTASKS": "4"}, 0),
        ({"RANK": "1", "WORLD_SIZE": "8", "SLURM_PROCID": "0", "SLURM_NTASKS": "2"}, 1),
        ({"SLURM_PROCID": "2", "SLURM_NTASKS": "4"}, 2),
        ({"SLURM_PROCID": "2", "SLURM_NTASKS": "1"}, 0),
        ({"OMPI_COMM_WORLD_RANK": "5", "OMPI_COMM_WORLD_SIZE": "6"}, 5),
        ({"PMI_RANK": "1", "PMI_SIZE": "2"}, 1),
        ({"MV2_COMM_WORLD_RANK": "1", "MV2_COMM_WORLD_SIZE": "2"}, 1),
        ({"RANK": "1"}, 0),
        ({"RANK": "first", "WORLD_SIZE": "2"}, 0),
    ],
)
def test_the_rank_is_what_the_launcher_says(environment, rank):
    assert _ranks.rank_of(environment) == rank


def _shared(fake, **facts):
    run = fake._new_run("shared", "ada", "demo")
    run |= {"config": {"lr": 0.5}, **facts}


@pytest.mark.parametrize("told_by", ["agent", "script"])
def test_a_rank_above_0_reads_the_run_and_logs_nothing(fake, ranked, monkeypatch, capsys, tmp_path, told_by):
    _shared(fake, sweep="s1", last_step=4)
    (tmp_path / "a.txt").write_text("a")
    if told_by == "agent":
        monkeypatch.setenv("SWEEPDECK_RUN_ID", "shared")
    run = sweepdeck.init(project="demo", id="shared" if told_by == "script" else None, config={"lr": 0.1, "depth": 2})
    assert (run.id, run.project, run.sweep_id, run.step) == ("shared", "demo", "s1", 5)
    assert dict(sweepdeck.config) == {"lr": 0.5, "depth": 2}
    sweepdeck.log({"loss": 1})
    run.config.width = 3
    run.summary["best"] = 1
    run.name = "other"
    run.save(str(tmp_path / "a.txt"))
    assert (run.summary.loss, run.summary.best, run.config.width) == (1, 1, 3)
    run.finish()
    assert {line for _, line, _ in fake.requests} == {"GET /me", "GET /runs/ada/demo/shared"}
    assert "rank 1 logs nothing: rank 0 does" in capsys.readouterr().err


def test_it_waits_for_rank_0_to_begin(fake, ranked):
    threading.Timer(0.3, _shared, (fake,)).start()
    assert sweepdeck.init(project="demo", id="shared", config={"lr": 1}).config.lr == 1


def test_a_rank_0_that_never_begins_is_an_error(fake, ranked, monkeypatch):
    monkeypatch.setattr(_ranks, "BEGIN_SECONDS", 0.2)
    with pytest.raises(sweepdeck.UsageError, match="rank 0 has not begun run 'shared'"):
        sweepdeck.init(project="demo", id="shared")


@pytest.mark.parametrize("mode", ["online", "offline", "disabled"])
def test_without_an_id_no_server_is_asked(fake, ranked, mode):
    with sweepdeck.init(project="demo", config={"lr": 0.1}, mode=mode) as run:
        run.log({"loss": 1})
        assert (run.config.lr, run.summary.loss, run.project, run.sweep_id) == (0.1, 1, "demo", None)
    assert fake.requests == []


@pytest.mark.parametrize("off_by", ["argument", "environment", "being rank 0"])
def test_each_rank_may_have_a_run_of_its_own(fake, ranked, monkeypatch, off_by):
    if off_by == "environment":
        monkeypatch.setenv("SWEEPDECK_DISTRIBUTED", "off")
    if off_by == "being rank 0":
        monkeypatch.setenv("RANK", "0")
    with sweepdeck.init(distributed="off" if off_by == "argument" else None) as run:
        run.log({"loss": 1})
    assert len(fake.rows[run.id]) == 1


def test_what_an_agent_in_the_process_was_handed_out_is_logged(fake, ranked):
    sweep_id = sweepdeck.sweep({"method": "random", "parameters": {"x": {"value": 1}}})
    fake.configs = [{"x": 1}]
    sweepdeck.agent(sweep_id, lambda: sweepdeck.init().log({"loss": 1}))
    assert [len(rows) for rows in fake.rows.values()] == [1]


def test_another_word_than_auto_and_off_is_refused(fake):
    with pytest.raises(sweepdeck.UsageError, match="distributed is 'auto' or 'off', not 'on'"):
        sweepdeck.init(distributed="on")


def test_the_example_logs_each_step_once(real, start_script):
    path = str(ROOT / "examples/distributed.py")  # a file, which its processes import
    code = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, {path!r}]))"
    script = start_script(code, real.url, real.key)
    assert script.end(90) == 0, script.said
    runs = real.runs("distributed")
    assert [run["config"] for run in runs] == [{"lr": 0.1, "steps": 4}, {"lr": 0.5, "steps": 4}]
    for run in runs:
        rows = real.rows(run)
        assert [row["_step"] for row in rows] == [0, 1, 2, 3]
        assert {row["same"] for row in rows} == {True}
        weights = [2 * (1 - (1 - run["config"]["lr"]) ** step) for step in range(4)]
        expected = [sum((weight * x - 2 * x) ** 2 for x in (0.5, 1, 1.5, 2, 2.5, 3)) for weight in weights]
        assert [row["loss"] for row in rows] == pytest.approx(expected)


def test_programs_that_an_agent_starts_do_not_have_its_rank(ranked):
    sweep = {"sweep_id": "abcdefgh"}
    plan = Plan(Client("http://127.0.0.1:9"), sweep, Program("train.py", (), 1.0), count=None, gives_up=True)
    environment = plan.environment({"entity": "ada", "project": "demo", "run_id": "run1", "attempt": 1})
    assert _ranks.rank_of(environment) == 0
    assert environment["SWEEPDECK_RUN_ID"] == "run1"


def test_ranks_above_0_leave_a_run_that_was_handed_out_to_rank_0(fake, ranked, monkeypatch):
    _shared(fake)
    monkeypatch.setenv("SWEEPDECK_RUN_ID", "shared")
    monkeypatch.setenv("SWEEPDECK_PROJECT", "demo")
    with sweepdeck.init() as run:
        run.log({"loss": 1})
    assert run.id == "shared"
    assert fake.rows == {"shared": []}
    assert fake.asked("POST .*") == []
