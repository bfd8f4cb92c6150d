"""Programs: what may be registered, by whom, and what becomes of jobs that wait for one."""

from pathlib import Path

import pytest

from sweeps_app.errors import Conflict, Forbidden, InvalidInput
from sweeps_app.models import AgentJob, Entity, Membership, Program
from sweeps_app.services.job_launch import job_launch
from sweeps_app.services.programs import ProgramDetails, program_register, program_remove, program_update
from tests.factories import make_sweep, make_user
from tests.git_repository import commit, git

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def sweep(user):
    return make_sweep(user)


@pytest.fixture
def project(sweep):
    return sweep.project


@pytest.fixture
def root(tmp_path, settings):
    """A folder under which programs may lie, with one in it."""
    root = tmp_path / "root"
    (root / "model" / "sub").mkdir(parents=True)
    (root / "model" / "train.py").write_text("print('hello')\n")
    settings.PROGRAM_ROOTS = [root]
    return root


@pytest.fixture
def repository(tmp_path, settings):
    """A git repository at an allowed address; returns the address."""
    folder = tmp_path / "git" / "model"
    commit(folder, "train.py", "print(1)")
    settings.PROGRAM_GIT = [f"file://{tmp_path}/git"]
    return f"file://{folder}"


def _folder(source, **more):
    return ProgramDetails(kind="folder", source=str(source), **more)


def _git(source, revision="main", **more):
    return ProgramDetails(kind="git", source=source, revision=revision, **more)


def _problems(user, project, details, name="train"):
    with pytest.raises(InvalidInput) as caught:
        program_register(user=user, project=project, name=name, details=details)
    assert not Program.objects.exists()
    return {problem.field: problem.message for problem in caught.value.problems}


def test_registering_is_for_admins_and_safe_to_repeat(user, project, root):
    details = _folder(root / "model", environment={"A": "1"}, secrets=["HF_TOKEN"])
    program, created = program_register(user=user, project=project, name="train", details=details)
    assert (program.environment, program.secrets, created) == ({"A": "1"}, ["HF_TOKEN"], True)
    assert program_register(user=user, project=project, name="train", details=details) == (program, False)
    with pytest.raises(Conflict, match="there is a program 'train' already"):
        program_register(user=user, project=project, name="train", details=_folder(root / "model"))
    team = Entity.objects.create(name="team")
    project.entity = team
    project.save()
    member, boss = make_user(), make_user(is_superuser=True)
    Membership.objects.create(entity=team, user=member)
    for act in (
        lambda: program_register(user=member, project=project, name="mine", details=details),
        lambda: program_update(user=member, program=program, is_enabled=False),
        lambda: program_remove(user=member, program=program),
    ):
        with pytest.raises(Forbidden, match="only an admin of 'team'"):
            act()
    assert program_register(user=boss, project=project, name="mine", details=details)[1]


def test_a_folder_lies_under_a_root_links_resolved(user, project, root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "link").symlink_to(outside)
    (root / "circle").symlink_to(root / "circle")
    for source in (outside, root / "link", root / ".." / "outside", "relative", tmp_path, root / "circle"):
        assert set(_problems(user, project, _folder(source))) == {"source"}, source
    assert "no folder" in _problems(user, project, _folder(root / "none"))["source"]
    assert set(_problems(user, project, _folder(root / "model", revision="main"))) == {"revision"}
    (root / "inside").symlink_to(root / "model")
    assert program_register(user=user, project=project, name="train", details=_folder(root / "inside"))[1]


def test_scripts_and_interpreters_are_inside(user, project, root, tmp_path):
    model = root / "model"
    (tmp_path / "evil.py").write_text("")
    (model / "evil.py").symlink_to(tmp_path / "evil.py")
    for script in ("../x.py", "/etc/passwd", "none.py", "evil.py", "-c"):
        assert set(_problems(user, project, _folder(model, entry="script", script=script))) == {"script"}, script
    for entry, script in (("script", ""), ("sweep", "train.py")):
        assert set(_problems(user, project, _folder(model, entry=entry, script=script))) == {"script"}
    (model / ".venv" / "bin").mkdir(parents=True)
    (model / ".venv" / "bin" / "python").symlink_to("/bin/sh")  # as a virtual environment's, it leads elsewhere
    (model / "bin").symlink_to("/bin")
    for python in ("/bin/sh", "bin/sh", "train.py", "../../bin/sh"):
        assert set(_problems(user, project, _folder(model, python=python))) == {"python"}, python
    details = _folder(model, entry="script", script="train.py", python=".venv/bin/python")
    assert program_register(user=user, project=project, name="train", details=details)[1]


def test_without_settings_nothing_can_be_registered(user, project, tmp_path):
    assert "SWEEPDECK_PROGRAM_ROOTS" in _problems(user, project, _folder(tmp_path))["source"]
    assert "SWEEPDECK_PROGRAM_GIT" in _problems(user, project, _git("https://git.lan/a/b"))["source"]


@pytest.mark.parametrize(
    "address",
    [
        "https://git.lan/team-evil/model.git",
        "https://git.lan/team/../other/model.git",
        "https://git.lan/team//model.git",
        "https://git.lan.evil.org/team/model.git",
        "https://user:password@git.lan/team/model.git",
        "https://git.lan/team/model.git?x=1",
        "ext::sh -c evil",
        "ext::https://git.lan/team/model.git",
        "--upload-pack=evil",
        "-oProxyCommand=evil",
        "/srv/git/model",
        "git@git.lan:../evil",
        "https://git.lan/team/model.git\n",
    ],
)
def test_an_address_that_is_not_allowed_never_reaches_git(user, project, settings, monkeypatch, address):
    monkeypatch.setattr("sweeps_app.sources.git.subprocess.Popen", lambda *_, **__: pytest.fail("git was started"))
    settings.PROGRAM_GIT = ["https://git.lan/team", "git@git.lan:"]
    assert set(_problems(user, project, _git(address))) == {"source"}


def test_a_revision_is_pinned_to_its_commit(user, project, repository):
    folder = Path(repository.removeprefix("file://"))
    first = git(folder, "rev-parse", "HEAD")
    git(folder, "tag", "--annotate", "--message=x", "v1")
    program = program_register(user=user, project=project, name="train", details=_git(repository))[0]
    second = commit(folder, "more.py", "")
    program.refresh_from_db()
    assert program.commit == first != second
    # What is said again changes nothing; who wants the branch's newest commit says so.
    assert not program_register(user=user, project=project, name="train", details=_git(repository))[1]
    assert program_update(user=user, program=program, revision="main").commit == second
    for revision in ("v1", first):
        assert program_update(user=user, program=program, revision=revision).commit == first


@pytest.mark.parametrize("revision", ["", "none", "--upload-pack=evil", "-x", "a..b", "a b", "main:evil", "0" * 40])
def test_a_revision_that_does_not_exist_is_refused(user, project, repository, revision):
    assert set(_problems(user, project, _git(repository, revision))) == {"revision"}


def test_a_repository_that_is_not_there_says_what_git_says(user, project, repository):
    assert "does not appear to be a git repository" in _problems(user, project, _git(repository + "2"))["source"]


def test_names_that_the_worker_sets_or_nobody_can_are_refused(user, project, root):
    wrong = _folder(
        root / "model", environment={"SWEEPDECK_API_KEY": "x", "a b": "y", "A": 1}, secrets=["LD_PRELOAD", "../x", "A"]
    )
    with pytest.raises(InvalidInput) as caught:
        program_register(user=user, project=project, name="train", details=wrong)
    assert [p.field for p in caught.value.problems] == ["environment"] * 3 + ["secrets"] * 3
    for name in ("digits", "a b", ""):
        assert set(_problems(user, project, _folder(root / "model"), name)) == {"name"}


def test_jobs_that_wait_for_a_program_fail_when_it_goes_and_say_so(user, sweep, project, root):
    program = program_register(user=user, project=project, name="train", details=_folder(root / "model"))[0]
    first = job_launch(user=user, sweep=sweep, program="train")
    before = program.source
    program_update(user=user, program=program, is_enabled=False)
    first.refresh_from_db()
    assert (first.state, first.reason) == (AgentJob.State.FAILED, "the program 'train' was disabled")
    program = program_update(user=user, program=program, is_enabled=True)
    assert (program.is_enabled, program.source) == (True, before)
    second = job_launch(user=user, sweep=sweep, program="train")
    program_remove(user=user, program=program)
    second.refresh_from_db()
    assert (second.state, second.reason) == (AgentJob.State.FAILED, "the program 'train' was removed")
    assert (second.program, second.registration) == ("train", None)
