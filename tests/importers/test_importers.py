"""Runs of other tools come in once, with their values and times, and a second import adds only what is new."""

import itertools
import json
import math
import shutil
import sqlite3
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import optuna
import pytest
from django.core.management import CommandError, call_command
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from sweeps_app.columns.lines import Lines
from sweeps_app.errors import InvalidInput
from sweeps_app.importers.csv_source import CsvColumns, csv_runs
from sweeps_app.importers.load import run_id_of, runs_load
from sweeps_app.importers.source import SourceRun, value_of
from sweeps_app.importers.wandb_log import log_messages
from sweeps_app.models import Project, Run, Sweep
from sweeps_app.selectors.history import history_page
from tests.factories import make_user

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent / "data"


@pytest.fixture(autouse=True)
def user():
    return make_user("ada")


def _rows(run):
    return history_page(run, limit=1000).rows


def _import(command, *arguments):
    call_command(f"import_{command}", *map(str, arguments), "--entity", "ada")


def _everything():
    """Return all that an import could have changed."""
    return [[model.__name__, *model.objects.order_by("pk").values()] for model in (Run, Sweep)]


def _again_changes_nothing(capsys, command, *arguments):
    before = _everything()
    capsys.readouterr()
    _import(command, *arguments)
    assert " 0 runs added, 0 continued" in capsys.readouterr().out
    changed = [(a, b) for a, b in zip(before, _everything(), strict=True) if a != b]
    assert [pair for pair in changed if pair[0][0] == "Run"] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-2", -2),
        ("0.5", 0.5),
        ("1e-3", 0.001),
        ("true", True),
        ("False", False),
        ("adam", "adam"),
        ("1_000", "1_000"),
        ("", ""),
        ("infinity", math.inf),
        ("-inf", -math.inf),
        ("٣", "٣"),
    ],
)
def test_texts_of_other_tools_become_what_they_stand_for(text, value):
    assert (value_of(text), type(value_of(text))) == (value, type(value))
    assert math.isnan(value_of("NaN"))


def test_a_table_of_results_becomes_runs(tmp_path, capsys):
    path = tmp_path / "results.csv"
    path.write_text("lr,optimizer,loss,label\n0.1,adam,0.5,one\n0.2,sgd,,two\n0.1,adam,0.5,one\n")
    arguments = (path, "--config", "lr", "optimizer", "--name", "label")
    _import("csv", *arguments)
    assert "ada/results: 3 runs added" in capsys.readouterr().out
    runs = list(Run.objects.order_by("pk"))
    assert [(r.name, r.config, r.summary, r.state) for r in runs] == [
        ("one", {"lr": 0.1, "optimizer": "adam"}, {"loss": 0.5}, "finished"),
        ("two", {"lr": 0.2, "optimizer": "sgd"}, {}, "finished"),
        ("one", {"lr": 0.1, "optimizer": "adam"}, {"loss": 0.5}, "finished"),
    ]
    _again_changes_nothing(capsys, "csv", *arguments)
    path.write_text(path.read_text() + "0.3,adam,0.1,three\n")
    _import("csv", *arguments)
    assert "1 runs added, 0 continued, 3 known" in capsys.readouterr().out


def test_a_table_of_steps_becomes_histories_that_can_go_on(tmp_path, capsys):
    path = tmp_path / "log.csv"
    path.write_text("run,epoch,lr,loss\na,1,0.1,0.9\na,2,0.1,0.8\nb/1,1,0.2,nan\n")
    arguments = (path, "--project", "curves", "--run", "run", "--step", "epoch", "--config", "lr")
    _import("csv", *arguments)
    a, b = Run.objects.order_by("pk")
    assert (a.run_id, a.config, a.project.name) == ("a", {"lr": 0.1}, "curves")
    assert (b.run_id, b.name) == (run_id_of("b/1"), "b/1")
    assert _rows(a) == [{"_step": 1, "loss": 0.9}, {"_step": 2, "loss": 0.8}]
    assert _rows(b) == [{"_step": 1, "loss": "NaN"}]
    _again_changes_nothing(capsys, "csv", *arguments)
    path.write_text("run,epoch,lr,loss\na,1,0.1,0.9\na,2,0.1,0.8\na,3,0.1,0.7\nb/1,1,0.2,nan\n")
    _import("csv", *arguments)
    assert "0 runs added, 1 continued, 1 known" in capsys.readouterr().out
    assert [row["loss"] for row in _rows(a)] == [0.9, 0.8, 0.7]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2,3\n", "more values than columns in line 2"),
        ("a,a\n1,2\n", "a column twice"),
        ("", "header"),
        ("a,b\n1,2\n", "no column run"),
        ('run,b\n1,"x\n', "no CSV"),
        ("run,b\nx,1\ny,1\nx,2\n", "two places"),
        (b"run,b\n\xff,1\n", "UTF-8"),
    ],
    ids=range(7),
)
def test_tables_that_cannot_be_read_are_refused(tmp_path, content, words):
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInput, match=words):
        list(csv_runs(path, CsvColumns(run="" if "a," in str(content) and "run" not in words else "run")))


def _study(tmp_path):
    storage = JournalStorage(JournalFileBackend(str(tmp_path / "journal.log")))
    sampler = optuna.samplers.RandomSampler(seed=1)
    return optuna.create_study(storage=storage, study_name="tuning", direction="maximize", sampler=sampler)


def _objective(trial):
    lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    layers = trial.suggest_int("layers", 1, 4)
    kind = trial.suggest_categorical("kind", ["a", None, True])
    if kind == "a":
        trial.suggest_float("only_a", 0, 1)
    for step in range(3):
        trial.report(lr * step, step)
    if trial.number == 1:
        raise optuna.TrialPruned
    if trial.number == 2:
        raise ZeroDivisionError
    trial.set_user_attr("seed", 7)
    return lr * layers


@pytest.fixture
def study(tmp_path):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = _study(tmp_path)
    study.optimize(_objective, n_trials=6, catch=ZeroDivisionError)
    return study


def test_a_study_becomes_a_sweep_with_its_trials(study, tmp_path, capsys):
    arguments = (tmp_path / "journal.log", "--study", "tuning", "--project", "p")
    _import("optuna", *arguments)
    assert "6 runs added" in capsys.readouterr().out
    sweep = Sweep.objects.get()
    assert (sweep.name, sweep.metric_name, sweep.metric_goal, sweep.state) == ("tuning", "value", "maximize", "PAUSED")
    assert sweep.config["parameters"]["lr"] == {"distribution": "log_uniform_values", "min": 1e-5, "max": 0.1}
    assert set(sweep.config["parameters"]) == {"lr", "layers", "kind"}
    runs = list(sweep.runs.order_by("suggestion__number"))
    assert [run.config for run in runs] == [trial.params for trial in study.trials]
    worth = [trial.intermediate_values[2] if trial.number in (1, 2) else trial.value for trial in study.trials]
    assert [run.objective for run in runs] == worth
    assert [run.state for run in runs][:4] == ["finished", "stopped_early", "failed", "finished"]
    assert _rows(runs[0]) == [
        {"_step": step, "value": value} for step, value in study.trials[0].intermediate_values.items()
    ]
    assert runs[0].summary["user_attrs.seed"] == 7
    assert runs[0].started_at == study.trials[0].datetime_start.astimezone()
    assert runs[0].finished_at == study.trials[0].datetime_complete.astimezone()
    assert sweep.results.count() == 6
    _again_changes_nothing(capsys, "optuna", *arguments)
    study.optimize(_objective, n_trials=2)
    _import("optuna", *arguments)
    assert "2 runs added, 0 continued, 6 known" in capsys.readouterr().out
    assert [run.config for run in sweep.runs.order_by("suggestion__number")] == [t.params for t in study.trials]


def test_a_study_of_several_objectives_and_one_that_is_not_there(tmp_path):
    path = tmp_path / "journal.log"
    storage = JournalStorage(JournalFileBackend(str(path)))
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(storage=storage, study_name="two", directions=["minimize", "maximize"])
    study.optimize(lambda t: (t.suggest_float("x", 0, 1), 2.0), n_trials=2)
    _import("optuna", path, "--study", "two")
    sweep = Sweep.objects.get()
    assert [metric["goal"] for metric in sweep.config["metrics"]] == ["minimize", "maximize"]
    assert {run.summary["value_1"] for run in sweep.runs.all()} == {2.0}
    assert sweep.project.name == "optuna"
    for arguments in ((path, "--study", "three"), (tmp_path / "none" / "x", "--study", "two")):
        with pytest.raises(CommandError, match="cannot import"):
            _import("optuna", *arguments)


def _mlruns(folder):
    """Write what MLflow writes with its file store."""
    run = folder / "7" / "a1b2"
    for path, text in {
        "7/meta.yaml": "experiment_id: '7'\nlifecycle_stage: active\nname: digits/one\n",
        "8/meta.yaml": "experiment_id: '8'\nlifecycle_stage: deleted\nname: gone\n",
        "7/a1b2/meta.yaml": "run_name: first\nstatus: 3\nlifecycle_stage: active\n"
        "start_time: 1700000000123\nend_time: 1700000060000\n",
        "7/dead/meta.yaml": "run_name: gone\nstatus: 3\nlifecycle_stage: deleted\nstart_time: 1\n",
        "7/a1b2/params/lr": "0.01",
        "7/a1b2/params/a/b": "x",
        "7/a1b2/tags/mlflow.note.content": "a note",
        "7/a1b2/tags/team": "blue",
        "7/a1b2/metrics/loss": "1700000001000 0.5 0\n1700000002000 nan 1\n",
        "7/a1b2/metrics/eval/acc": "1700000001000 0.25 0\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return run


def _tables(path):
    """Make the tables of MLflow's tracking server that runs are read from."""
    with sqlite3.connect(path) as database:
        database.executescript("""
            CREATE TABLE experiments (experiment_id INTEGER, name VARCHAR, lifecycle_stage VARCHAR);
            CREATE TABLE runs (run_uuid VARCHAR, name VARCHAR, status VARCHAR, start_time BIGINT, end_time BIGINT,
                               lifecycle_stage VARCHAR, experiment_id INTEGER);
            CREATE TABLE params (key VARCHAR, value VARCHAR, run_uuid VARCHAR);
            CREATE TABLE tags (key VARCHAR, value VARCHAR, run_uuid VARCHAR);
            CREATE TABLE metrics (key VARCHAR, value DOUBLE, timestamp BIGINT, run_uuid VARCHAR, step BIGINT,
                                  is_nan BOOLEAN);
            INSERT INTO experiments VALUES (7, 'digits/one', 'active'), (8, 'gone', 'deleted');
            INSERT INTO runs VALUES ('a1b2', 'first', 'FINISHED', 1700000000123, 1700000060000, 'active', 7),
                                    ('dead', 'gone', 'FINISHED', 1, 2, 'deleted', 7);
            INSERT INTO params VALUES ('lr', '0.01', 'a1b2'), ('a/b', 'x', 'a1b2');
            INSERT INTO tags VALUES ('mlflow.note.content', 'a note', 'a1b2'), ('team', 'blue', 'a1b2');
            INSERT INTO metrics VALUES ('loss', 0.5, 1700000001000, 'a1b2', 0, 0),
                                       ('loss', 0, 1700000002000, 'a1b2', 1, 1),
                                       ('eval/acc', 0.25, 1700000001000, 'a1b2', 0, 0);
        """)


@pytest.mark.parametrize("kind", ["folder", "tables"])
def test_experiments_of_mlflow_become_projects(tmp_path, capsys, kind):
    store = tmp_path / "mlruns"
    if kind == "folder":
        _mlruns(store)
    else:
        _tables(tmp_path / "mlflow.db")
        store = f"sqlite:///{tmp_path}/mlflow.db"
    _import("mlflow", store)
    assert "ada/digits-one: 1 runs added" in capsys.readouterr().out
    run = Run.objects.get()
    assert (run.run_id, run.name, run.state, run.project.name) == ("a1b2", "first", "finished", "digits-one")
    assert (run.config, run.tags, run.notes) == ({"lr": 0.01, "a/b": "x"}, ["team=blue"], "a note")
    assert _rows(run) == [
        {"_step": 0, "loss": 0.5, "eval/acc": 0.25, "_timestamp": 1700000001.0},
        {"_step": 1, "loss": "NaN", "_timestamp": 1700000002.0},
    ]
    assert run.created_at == run.started_at == datetime.fromtimestamp(1700000000.123, UTC)
    assert run.finished_at == datetime.fromtimestamp(1700000060, UTC)
    _again_changes_nothing(capsys, "mlflow", store)


def test_stores_that_cannot_be_read_are_named(tmp_path):
    run = _mlruns(tmp_path / "mlruns")
    (run / "metrics" / "loss").write_text("1700000001000 high 0\n")
    (tmp_path / "no.db").write_bytes(b"hello")
    for store, words in (
        (tmp_path / "mlruns", "line 1"),
        (f"sqlite:///{tmp_path}/no.db", "tables of MLflow"),
        (f"sqlite:///{tmp_path}/absent.db", "no file"),
        (tmp_path / "absent", "neither a folder"),
    ):
        with pytest.raises(CommandError, match=words):
            _import("mlflow", store)
    with pytest.raises(CommandError, match="there are digits/one"):
        _import("mlflow", tmp_path / "mlruns", "--experiment", "x")


def test_offline_runs_of_wandb_come_in_to_the_last_value(capsys):
    _import("wandb", DATA / "wandb")
    assert "ada/offline-demo: 2 runs added" in capsys.readouterr().out
    first, second = Run.objects.order_by("pk")
    assert (first.run_id, first.name, first.state, first.tags) == ("w1", "first", "finished", ["a", "b"])
    assert (first.notes, first.group, first.job_type) == ("some notes", "g", "train")
    assert first.config == {"lr": 0.01, "layers": [1, 2], "opt": {"name": "adam"}, "late": True}
    rows = _rows(first)
    assert [row["loss"] for row in rows] == [1, 0.5, 1 / 3]
    assert [(row["nested.acc"], row["n"], row["bad"], row["text"]) for row in rows] == [
        (0, 0, "Infinity", "ü"),
        (0.2, 1, "NaN", "ü"),
        (0.4, 2, "Infinity", "ü"),
    ]
    assert first.summary["best"] == 0.2
    assert first.summary["loss"] == 1 / 3
    assert Lines.from_bytes(first.console_chunks.get().data).texts == ["epoch 0", "epoch 1", "epoch 2"]
    assert first.system_rows > 0
    assert first.finished_at > first.started_at
    assert (second.run_id, second.state, second.exit_code) == ("w2", "failed", 1)
    (row,) = _rows(second)
    assert (row["_step"], row["loss"], row["essay"]) == (10, 3, "word " * 7000)
    _again_changes_nothing(capsys, "wandb", DATA / "wandb")
    _again_changes_nothing(capsys, "wandb", next((DATA / "wandb").glob("*w1")))


def test_a_run_that_was_killed_comes_in_as_far_as_it_was_written(tmp_path):
    source = next((DATA / "wandb").glob("*w1/*.wandb"))
    folder = tmp_path / "offline-run-20260101_000000-w1"
    folder.mkdir()
    whole = source.read_bytes()
    (folder / "run-w1.wandb").write_bytes(whole[: len(whole) // 2])
    _import("wandb", tmp_path)
    run = Run.objects.get()
    written = run.history_rows
    assert (run.state, 0 < written < 3) == ("running", True)
    shutil.copy(source, folder / "run-w1.wandb")
    _import("wandb", tmp_path)
    run.refresh_from_db()
    assert (run.state, run.history_rows) == ("finished", 3)


def test_logs_that_are_none_or_damaged_are_refused(tmp_path):
    whole = next((DATA / "wandb").glob("*w2/*.wandb")).read_bytes()
    path = tmp_path / "run-x.wandb"
    for content, words in (
        (b"", "no log of wandb"),
        (b"hello, world", "no log of wandb"),
        (whole[:40_000] + b"\0" + whole[40_001:], "damaged before byte"),
        (whole[:7] + _part(b"\x07"), "cannot be read"),
        (whole[:7] + _part(b"\x12\xff\xff\x01"), "cannot be read"),
        (whole[:7], "which run"),
    ):
        path.write_bytes(content)
        with pytest.raises(CommandError, match=words):
            _import("wandb", tmp_path)
    assert not Project.objects.exists()
    with pytest.raises(CommandError, match="holds no run"):
        _import("wandb", tmp_path / "absent")


def _part(data):
    return struct.pack("<IHB", zlib.crc32(b"\x01" + data), len(data), 1) + data


def test_messages_span_blocks():
    path = next((DATA / "wandb").glob("*w2/*.wandb"))
    assert path.stat().st_size > 2 * 32 * 1024
    numbers = [message.integer(1) for message in log_messages(path)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_an_import_that_was_interrupted_goes_on_where_it_was(user):
    def broken():
        yield {"_step": 0, "loss": 1.0}
        raise OSError("the disk is gone")

    def source(rows):
        return [SourceRun(key="a", rows=rows), SourceRun(key="b")]

    with pytest.raises(OSError, match="disk"):
        runs_load(user=user, entity_name="ada", project_name="p", runs=source(broken()))
    whole = [{"_step": i, "loss": 1.0} for i in range(3)]
    loaded = runs_load(user=user, entity_name="ada", project_name="p", runs=source(whole))
    assert (loaded.added, loaded.continued) == (1, 1)
    assert _rows(Run.objects.get(run_id="a")) == whole


def test_what_cannot_be_stored_names_its_run(user):
    rows = itertools.chain([{"loss": 1.0}], [{"loss": "nul\0"}])
    with pytest.raises(InvalidInput, match="run 'a'"):
        runs_load(user=user, entity_name="ada", project_name="p", runs=[SourceRun(key="a", rows=rows)])
    with pytest.raises(CommandError, match="no member"):
        call_command("import_csv", "x.csv", "--entity", "nobody")
    assert json.loads(json.dumps(Run.objects.get().summary)) == {}
