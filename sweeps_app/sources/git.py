"""Git repositories: which addresses are allowed, what commit a revision is, and clean checkouts of a commit.

Git is started with fixed options and never asks for a password; an address or a revision cannot be an option, since it
is checked, and stands after `--` wherever git takes that.
"""

import fcntl
import hashlib
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sweeps_app.sources.problem import SourceProblem

ASK_SECONDS = 20.0
FETCH_SECONDS = 900.0
_POLL_SECONDS = 0.2
_LOCK_SECONDS = 0.5
# A scheme that git knows, or user@host:path. No "::", by which git would start a helper.
_ADDRESS = re.compile(
    r"(?:(?:https?|ssh|git|file)://[A-Za-z0-9@._~+:/-]+|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[A-Za-z0-9._~+/-]+)"
)
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PROTOCOLS = "https:http:ssh:git:file"
_PASSED_ON = ("PATH", "HOME", "LANG", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "NO_PROXY")

IsOver = Callable[[], bool]


class Interrupted(Exception):
    """Whoever wanted the checkout does not want it any more."""


def allowed_address(address: str, prefixes: Sequence[str]) -> str:
    """Return the address; raises `SourceProblem` unless it is of a repository under one of the prefixes."""
    if not prefixes:
        raise SourceProblem("source", "git is turned off on this server: SWEEPDECK_PROGRAM_GIT names no address")
    path = address.partition("://")[2] or address
    if not _ADDRESS.fullmatch(address) or "::" in address or {"", ".", ".."} & set(re.split("[/:]", path)[1:]):
        raise SourceProblem("source", "must be the address of a git repository, such as https://git.lan/team/model.git")
    if address.startswith("http") and "@" in path.split("/")[0]:
        raise SourceProblem("source", "must not hold a user or password: git's credential helpers keep these")
    if not any(_is_under(address, prefix) for prefix in prefixes):
        raise SourceProblem("source", f"must begin with one of {', '.join(prefixes)}")
    return address


def pinned_commit(address: str, revision: str) -> str:
    """Return the full commit that a branch, a tag or a full commit of a repository is now; raises `SourceProblem`."""
    if not _REVISION.fullmatch(revision) or ".." in revision or "//" in revision:
        raise SourceProblem("revision", "must be a branch, a tag or a full commit")
    if _COMMIT.fullmatch(revision):
        return _known_commit(address, revision)
    found = _refs(address, revision)
    for name in (f"refs/tags/{revision}^{{}}", f"refs/tags/{revision}", f"refs/heads/{revision}"):
        if name in found:
            return found[name]
    raise SourceProblem("revision", f"there is no branch or tag '{revision}'; a commit is named by all of its digits")


def checkout(address: str, commit: str, folder: Path, *, cache: Path, is_over: IsOver) -> None:
    """Check a commit out into `folder`, which must not exist, by way of a repository in `cache`.

    `is_over` is asked several times a second; where it says so, git is ended and `Interrupted` raised. Raises
    `SourceProblem` where the commit cannot be fetched.
    """
    if not _COMMIT.fullmatch(commit):
        raise SourceProblem("revision", f"'{commit}' is no full commit")
    repository = cache / f"{hashlib.sha256(address.encode()).hexdigest()[:24]}.git"
    repository.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(repository.with_suffix(".lock"), is_over):
        _git(["init", "--quiet", "--bare", "--", str(repository)], is_over=is_over)
        at = ["--git-dir", str(repository)]
        if not _has(at, commit, is_over):
            _fetch(at, address, commit, is_over)
        _git([*at, "worktree", "prune"], is_over=is_over)
        _git([*at, "worktree", "add", "--quiet", "--detach", "--force", str(folder), commit], is_over=is_over)


def _is_under(address: str, prefix: str) -> bool:
    """Tell whether the address is the prefix or below it: a prefix ends where a component does."""
    return address == prefix or address.startswith(prefix if prefix.endswith(("/", ":")) else f"{prefix}/")


def _refs(address: str, revision: str) -> dict[str, str]:
    patterns = [f"refs/heads/{revision}", f"refs/tags/{revision}", f"refs/tags/{revision}^{{}}"]
    said = _git(["ls-remote", "--quiet", "--", address, *patterns], seconds=ASK_SECONDS)
    pairs = (line.split("\t", 1) for line in said.splitlines() if "\t" in line)
    return {name: commit for commit, name in pairs}


def _known_commit(address: str, commit: str) -> str:
    """Return the commit if the repository has it: nothing but the commit itself is fetched."""
    with tempfile.TemporaryDirectory(prefix="sweepdeck-git-") as folder:
        _git(["init", "--quiet", "--bare", "--", folder])
        try:
            fetch = ["fetch", "--quiet", "--no-tags", "--depth=1", "--filter=tree:0", "--", address, commit]
            _git(["--git-dir", folder, *fetch], seconds=ASK_SECONDS)
        except SourceProblem as problem:
            raise SourceProblem("revision", f"commit {commit} cannot be fetched: {problem.message}") from None
    return commit


def _has(at: Sequence[str], commit: str, is_over: IsOver) -> bool:
    try:
        _git([*at, "rev-parse", "--quiet", "--verify", f"refs/pinned/{commit}^{{tree}}"], is_over=is_over)
    except SourceProblem:
        return False
    return True


def _fetch(at: Sequence[str], address: str, commit: str, is_over: IsOver) -> None:
    """Fetch a commit without its history, and keep it by a name of its own."""
    fetch = ["fetch", "--quiet", "--no-tags", "--depth=1", "--", address]
    _git([*at, *fetch, f"{commit}:refs/pinned/{commit}"], seconds=FETCH_SECONDS, is_over=is_over)


@contextmanager
def _locked(path: Path, is_over: IsOver) -> Iterator[None]:
    """Hold the lock of a cached repository, which the kernel gives back however its holder ends."""
    with path.open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if is_over():
                    raise Interrupted from None
                time.sleep(_LOCK_SECONDS)
        yield


def _git(arguments: Sequence[str], *, seconds: float = ASK_SECONDS, is_over: IsOver = lambda: False) -> str:
    """Return what git says; raises `SourceProblem` with its last words where it fails or takes too long."""
    command = ["git", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "protocol.ext.allow=never", *arguments]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=complaints, env=_environment(), process_group=0
            )
        except OSError as error:
            raise SourceProblem("source", f"git cannot be started: {error.strerror}") from None
        code = _wait(process, time.monotonic() + seconds, is_over)
        complaints.seek(0)
        if code != 0:
            words = complaints.read(100_000).decode(errors="replace")
            raise SourceProblem("source", _reason(words) or f"git took longer than {seconds:g} s")
        said.seek(0)
        return said.read(1_000_000).decode(errors="replace")


def _reason(words: str) -> str:
    """Return the line of git's complaints that says what is wrong."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return next(iter(fatal or lines[-1:]), "")[:300]


def _wait(process: subprocess.Popen[bytes], deadline: float, is_over: IsOver) -> int:
    try:
        while True:
            try:
                return process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if is_over():
                    raise Interrupted from None
                if time.monotonic() > deadline:
                    return -1
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
            process.wait()


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return passed_on | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_ALLOW_PROTOCOL": _PROTOCOLS,
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "LC_ALL": "C",
    }
