"""Git repositories for tests."""

import os
import subprocess

_IDENTITY = {"GIT_CONFIG_GLOBAL": os.devnull} | {
    f"GIT_{who}_{what}": "ada@lan" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


def git(folder, *arguments):
    """Return what git says in a folder."""
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, env=os.environ | _IDENTITY, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder, name, text):
    """Add a file to a repository, which is made if need be; return the commit."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=x")
    return git(folder, "rev-parse", "HEAD")
