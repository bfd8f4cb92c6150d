"""A project goes to a file and comes back, to the byte; what is no such file leaves nothing."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from sweeps_app.columns.codec import decode
from sweeps_app.errors import Conflict, InvalidInput, NotFound
from sweeps_app.models import (
    Agent,
    ConsoleChunk,
    HistoryChunk,
    Project,
    Run,
    RunFile,
    RunMetric,
    SavedView,
    Sweep,
    SystemMetric,
)
from sweeps_app.selectors.access import project_get
from sweeps_app.services.archive import checking, reading
from sweeps_app.services.archive.container import MANIFEST
from sweeps_app.services.archive.reading import archive_import
from sweeps_app.services.archive.tables import ALL
from sweeps_app.services.archive.writing import archive_chunks
from sweeps_app.services.bulk import RunsChange, runs_update
from sweeps_app.services.console import console_append
from sweeps_app.services.deletion import project_delete, run_delete
from sweeps_app.services.files import Upload, file_put
from sweeps_app.services.ingest import history_append
from sweeps_app.services.projects import project_update
from sweeps_app.services.purge import purge_step
from sweeps_app.services.runs import RunDetails, run_finish, run_update
from sweeps_app.services.verify import suggestions_verify
from sweeps_app.services.views import view_save
from tests.api.client import Api
from tests.concurrency import in_threads
from tests.factories import ask, make_agent, make_run, make_sweep, make_user, start

pytestmark = pytest.mark.django_db(transaction=True)

SEARCH = {
    "method": "bayes",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"x": {"min": 0.0, "max": 1.0}, "kind": {"values": ["a", "b"]}},
    "early_terminate": {"type": "asha", "min_iter": 1},
}
PICTURE = bytes(range(256)) * 2_000


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "files": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }


@pytest.fixture
def project():
    """A project with a little of everything."""
    user = make_user("ada")
    sweep = make_sweep(user, SEARCH)
    agent = make_agent(user, sweep)
    for loss in (3.0, 0.1 + 0.2):
        run = start(user, ask(agent))
        history_append(run=run, offset=0, rows=[{"loss": loss, "text": "ü"}, {"loss": float("nan"), "b": True}])
        run_finish(run=run, exit_code=0)
    gone = start(user, ask(agent))
    history_append(run=gone, offset=0, rows=[{"loss": 9.0}])
    run_finish(run=gone, exit_code=1, error="boom")
    run_delete(run=gone)
    start(user, ask(agent))
    alone = make_run(user, tags=["keep"], config={"z": 1e300, "a": {"b": [1.0, None, "x"]}, "small": 1e-7}, notes="…")
    run_update(run=alone, details=RunDetails(summary={"best": float("inf")}))
    console_append(run=alone, offset=0, lines=[[1.5, "stdout", "\x1b[31mred"], [2.25, "stderr", ""]])
    digest = hashlib.sha256(PICTURE).hexdigest()
    file_put(run=alone, path="images/a.bin", upload=Upload(io.BytesIO(PICTURE), len(PICTURE), digest))
    project = sweep.project
    project_update(project=project, description="some", retention_days=90)
    runs_update(project=project, run_ids=[alone.run_id], change=RunsChange(hidden=True))
    for of, name, is_default in ((None, "all", True), (sweep, "best", True), (sweep, "ünder 1", False)):
        settings = {"query": "state = finished", "sort": "-created_at", "size": "25"}
        view_save(user=user, project=project, sweep=of, name=name, settings=settings, is_default=is_default)
    return Project.objects.select_related("entity").get(pk=project.pk)


def _archive(project):
    return b"".join(archive_chunks(project))


def _members(archive):
    """Return the members but the manifest, which holds the time."""
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return {name: file.read(name) for name in file.namelist() if name != MANIFEST}


def _import(archive, user, name=None):
    return archive_import(user=user, file=io.BytesIO(archive), entity_name=user.username, project_name=name)


def _purged():
    while purge_step():
        pass


def test_a_project_comes_back_to_the_byte(project):
    archive = _archive(project)
    before = _members(archive)
    sweep = Sweep.objects.get()
    kept = [
        list(model.objects.filter(run__deleted_at=None).values_list("data", flat=True))
        for model in (HistoryChunk, ConsoleChunk)
    ]
    project_delete(project=project)
    _purged()
    assert not Sweep.everything.exists()
    bob = make_user("bob")
    imported = _import(archive, bob)
    assert (imported.runs, imported.new_sweep_ids) == (4, {})
    after = _members(_archive(imported.project))
    assert [name for name in before if before[name] != after[name]] == []
    assert set(after) == set(before)
    assert [list(model.objects.values_list("data", flat=True)) for model in (HistoryChunk, ConsoleChunk)] == kept
    assert {(run.created_by.username, run.author) for run in Run.objects.all()} == {("bob", "ada")}
    assert project_get(bob, "bob", "demo").cursor == 5
    assert {verified.status for verified in suggestions_verify(Sweep.objects.get(sweep_id=sweep.sweep_id))} == {"same"}
    run = Run.objects.get(tags=["keep"])
    assert (run.is_hidden, run.notes, Run.objects.filter(is_hidden=True).count()) == (True, "…", 1)
    views = SavedView.objects.order_by("pk").values_list(
        "sweep__sweep_id", "name", "is_default", "created_by__username"
    )
    assert list(views) == [
        (None, "all", True, "bob"), (sweep.sweep_id, "best", True, "bob"), (sweep.sweep_id, "ünder 1", False, "bob"),
    ]  # fmt: skip
    assert run.files.get().digest == hashlib.sha256(PICTURE).hexdigest()
    history_append(run=run, offset=0, rows=[{"loss": 1.0}])
    ask(Agent.objects.get())


def _kept(name):
    """Return an archive that was made on SQLite, by a server of the time of its format."""
    return (Path(__file__).parent / "data" / name).read_bytes()


def test_an_archive_that_was_made_on_sqlite_comes_back_to_the_byte_on_any_database():
    archive = _kept("demo-2.sweepdeck")
    project = _import(archive, make_user("bob")).project
    before, after = _members(archive), _members(_archive(project))
    assert [name for name in before if before[name] != after[name]] == []
    assert (project.views.count(), project.runs.filter(is_hidden=True).count()) == (2, 1)
    assert {verified.status for verified in suggestions_verify(project.sweeps.get())} == {"same"}


def test_an_archive_of_version_1_is_read_with_what_it_has():
    archive = _kept("demo.sweepdeck")
    project = _import(archive, make_user("bob")).project
    before, after = _members(archive), _members(_archive(project))
    assert [name for name in before if before[name] != after[name]] == ["runs.jsonl"]
    assert after["runs.jsonl"].replace(b'"is_hidden":false,', b"") == before["runs.jsonl"]
    assert after["views.jsonl"] == b""
    assert {verified.status for verified in suggestions_verify(project.sweeps.get())} == {"same"}


def test_beside_the_original_sweeps_and_agents_get_new_ids(project):
    user = project.created_by
    imported = _import(_archive(project), user, "copy")
    assert list(imported.new_sweep_ids) == [project.sweeps.get().sweep_id]
    assert imported.project.sweeps.get().sweep_id == imported.new_sweep_ids[project.sweeps.get().sweep_id]
    assert project.runs.count() == imported.project.runs.count() == 4
    assert set(project.runs.values_list("run_id")) == set(imported.project.runs.values_list("run_id"))
    with pytest.raises(Conflict, match="exists"):
        _import(_archive(project), user)


def test_the_manifest_counts_what_there_is(project):
    with zipfile.ZipFile(io.BytesIO(_archive(project))) as file:
        manifest = json.loads(file.read(MANIFEST))
        assert (manifest["format"], manifest["version"], manifest["project"]) == ("sweepdeck-archive", 2, "demo")
        for member in manifest["members"]:
            data = file.read(member["name"])
            assert (len(data), hashlib.sha256(data).hexdigest()) == (member["bytes"], member["sha256"])
        assert all(info.compress_type == zipfile.ZIP_STORED for info in file.infolist())
        records = {member["name"]: member["records"] for member in manifest["members"]}
    assert (records["runs.jsonl"], records["results.jsonl"], records["suggestions.jsonl"]) == (
        4,
        3,
        records["suggestions.jsonl"],
    )
    assert (records["files.frames"], records["console.frames"], records["history.frames"]) == (1, 1, 2)


def test_an_archive_is_of_one_moment(project):
    chunks = archive_chunks(project)
    first = next(chunks)
    run = project.runs.get(tags=["keep"])
    in_threads(1, lambda _: history_append(run=run, offset=0, rows=[{"later": 1.0}]))
    rest = b"".join(chunks)
    assert b"later" not in b"".join(_members(first + rest).values())
    run.refresh_from_db()
    assert run.history_rows == 1
    assert RunMetric.objects.filter(name="later").exists()


def _with(archive, change):
    """Return an archive with members changed by `change`, whose manifest says so."""
    members = _members(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        manifest = json.loads(file.read(MANIFEST))
    change(members, manifest)
    for member in manifest["members"] or []:
        data = members[member["name"]]
        member |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
        file.writestr(MANIFEST, json.dumps(manifest))
    return made.getvalue()


def _run_field(name, value):
    def change(members, manifest):
        lines = [json.loads(line) for line in members["runs.jsonl"].splitlines()]
        lines[1][name] = value
        members["runs.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    return change


def _replace(name, old, new):
    def change(members, manifest):
        assert old in members[name]
        members[name] = members[name].replace(old, new, 1)

    return change


def _same_run(members, manifest):
    first, second = (json.loads(line)["run_id"].encode() for line in members["runs.jsonl"].splitlines()[:2])
    members["metrics.frames"] = members["metrics.frames"].replace(first, second)


def _manifest(**facts):
    return lambda members, manifest: manifest.update(facts)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_manifest(version=3), "version 3 of the format, this server reads 1 and 2"),
        (_manifest(version="2"), "version '2'"),
        (_manifest(version=1), "other members"),
        (_replace("views.jsonl", b'"size":"25"', b'"size":25'), "settings are no texts"),
        (_replace("views.jsonl", b'"sweep":null', b'"sweep":"absent01"'), "refers to a sweep"),
        (_run_field("is_hidden", 1), "value of is_hidden"),
        (_manifest(format="other"), "no archive"),
        (_manifest(members=None), "does not list"),
        (lambda members, manifest: members.update({"../../evil": b"x"}), "other members"),
        (_run_field("state", "flying"), "record 1 has no such value of state"),
        (_run_field("objective", "many"), "value of objective"),
        (_run_field("exit_code", 2**70), "value of exit_code"),
        (_run_field("history_rows", True), "value of history_rows"),
        (_run_field("run_id", "a/b"), "value of run_id"),
        (_run_field("name", "nul\x00"), "name"),
        (_run_field("config", []), "value of config"),
        (_run_field("created_at", "yesterday"), "value of created_at"),
        (_run_field("created_at", "2026-01-01T00:00:00"), "without its zone"),
        (_run_field("sweep", "absent01"), "refers to a sweep"),
        (_run_field("suggestion", 99), "refers to a suggestion"),
        (_run_field("wings", 2), "other fields"),
        (lambda members, _: members.update({"runs.jsonl": members["runs.jsonl"][:-1]}), "cut off"),
        (lambda members, _: members.update({"runs.jsonl": b"[" * 100_000 + b"\n" * 4}), "no JSON"),
        (lambda members, _: members.update({"history.frames": members["history.frames"][:-9]}), "cut off"),
        (_replace("history.frames", b"SWHC", b"SWHX"), "not a chunk"),
        (_replace("history.frames", b'"rows":2', b'"rows":3'), "another number of rows"),
        (_same_run, "twice"),
        (_replace("files.frames", b'"path":"images/a.bin"', b'"path":"../../xx.bin"'), "path"),
        (_replace("files.frames", PICTURE[:50], b"\0" * 50), "another SHA-256"),
        (_replace("sweeps.jsonl", b'"max":1.0', b'"max":-1.0'), "configuration"),
    ],
    ids=range(30),
)
def test_what_was_tampered_with_is_refused_and_leaves_nothing(project, change, words):
    with pytest.raises(InvalidInput, match=words):
        _import(_with(_archive(project), change), project.created_by, "copy")
    _purged()
    assert list(Project.everything.all()) == [project]
    assert Run.everything.count() == 4
    assert RunFile.objects.count() == 1


def test_a_chunk_that_swells_beyond_what_any_holds_is_refused_and_named(project, monkeypatch):
    monkeypatch.setattr(checking, "MOST_UNPACKED", 100)
    with pytest.raises(InvalidInput, match=r"history.frames, record 0 is a chunk of history that swells"):
        _import(_archive(project), project.created_by, "copy")


def test_a_batch_is_bounded_by_the_bytes_of_its_records(project, monkeypatch):
    """Lines of many megabytes are allowed: five hundred of them at once would take the memory of the web process."""
    monkeypatch.setattr(reading, "BATCH_BYTES", 1)
    sizes, store = [], reading._store

    def watched(work, table, batch):
        sizes.append(len(batch))
        store(work, table, batch)

    monkeypatch.setattr(reading, "_store", watched)
    assert _import(_archive(project), project.created_by, "copy").runs == 4
    assert set(sizes) == {1}


@pytest.mark.parametrize("damage", ["cut", "bit", "text", "empty", "deflated", "bomb"])
def test_what_is_damaged_or_no_archive_is_refused(project, damage):
    archive = _archive(project)
    data = {
        "cut": archive[:-100],
        "bit": archive.replace(b'"state":"finished"', b'"state":"finishes"', 1),
        "text": b"hello" * 100,
        "empty": b"",
        "deflated": _deflated(archive, b""),
        "bomb": _deflated(archive, bytes(10_000_000)),
    }[damage]
    with pytest.raises(InvalidInput, match="archive"):
        _import(data, project.created_by, "copy")
    assert Project.everything.count() == 1


def _deflated(archive, extra):
    members = _members(archive) | {"runs.jsonl": extra}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
        file.writestr(MANIFEST, source.read(MANIFEST))
    return made.getvalue()


def test_an_import_that_dies_shows_nothing_and_is_removed_when_its_lease_is_over(project, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    archive, user = _archive(project), project.created_by
    monkeypatch.setattr(reading, "_show", die)
    monkeypatch.setattr(reading, "_give_up", lambda _: None)
    with pytest.raises(Killed):
        _import(archive, user, "copy")
    hidden = Project.everything.get(name="copy")
    assert hidden.runs.count() == 0
    assert Run.everything.filter(project=hidden).count() == 4
    with pytest.raises(NotFound):
        project_get(user, "ada", "copy")
    assert purge_step() > 0  # the run that was deleted before
    _purged()
    assert Run.everything.filter(project=hidden).count() == 4
    monkeypatch.undo()
    assert _import(archive, user, "copy").runs == 4
    Project.everything.filter(pk=hidden.pk).update(import_until=timezone.now() - timedelta(seconds=1))
    _purged()
    assert not Project.everything.filter(pk=hidden.pk).exists()
    assert Run.everything.count() == 8


def test_every_field_is_in_the_archive_or_left_out_on_purpose():
    models = {table.model for table in ALL}
    for table in ALL:
        fields = {field.name for field in table.model._meta.fields} - {"id", table.data}
        assert fields == {*table.fields, *table.references, *table.left_out}, table.member
    without = {"User", "Entity", "Membership", "ApiKey", "AgentJob", "AnalysisResult", "Deletion"}
    without |= {"JobConsoleChunk", "Program", "Worker", "HeldGpu", "ShareLink"}
    without |= {"RunAlert", "UnservedRequest", "WandbRun", "Watch"}
    for model in apps.get_app_config("sweeps_app").get_models():
        assert (model in models) != (model.__name__ in without), model


def test_commands_write_and_read_a_file(project, tmp_path, capsys):
    path = tmp_path / "demo.sweepdeck"
    call_command("export", "ada/demo", "-o", str(path))
    call_command("import", str(path), "--entity", "ada", "--project", "copy")
    out = capsys.readouterr().out
    assert "is called" in out
    assert "ada/copy has 4 runs." in out
    assert Run.objects.count() == 8
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["demo.sweepdeck"]
    for arguments in (["export", "ada/none", "-o", str(path)], ["import", str(path), "--entity", "none"]):
        with pytest.raises(CommandError):
            call_command(*arguments)
    with pytest.raises(CommandError, match="exists"):
        call_command("import", str(path), "--entity", "ada")
    path.write_bytes(b"hello")
    with pytest.raises(CommandError, match="no archive"):
        call_command("import", str(path), "--entity", "ada", "--project", "other")


def test_system_metrics_go_along(project):
    run = project.runs.get(tags=["keep"])
    chunk = HistoryChunk.objects.first()
    SystemMetric.objects.create(run=run, name="cpu", count=2, last=0.1, series=RunMetric.objects.first().series)
    imported = _import(_archive(project), project.created_by, "copy")
    assert SystemMetric.objects.get(run__project=imported.project).last == 0.1
    assert decode(chunk.data).first_row == 0


def test_the_archive_is_downloaded_by_members_alone(project):
    answer = Api.of(project.created_by).get("/projects/ada/demo/archive")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"] == 'attachment; filename="demo.sweepdeck"'
    assert _members(b"".join(answer.streaming_content)) == _members(_archive(project))
    assert Api.of(make_user("mallory")).get("/projects/ada/demo/archive").status_code == 404
    browser = Client()
    browser.force_login(project.created_by)
    assert 'href="/api/v1/projects/ada/demo/archive"' in browser.get("/ada/demo/settings").content.decode()
