"""What the scripts share, which the real client runs: they say of each thing whether it works, a line each."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request

import wandb
from click.testing import CliRunner
from wandb.cli.cli import cli

SERVER, KEY = os.environ["WANDB_BASE_URL"], os.environ["WANDB_API_KEY"]
PROJECT = os.environ["WANDB_PROJECT"]
# An entity that everybody's key names the same: the person's own.
ENTITY = "owner"
CLI = [sys.executable, "-m", "wandb"]
# Of another process: the client leaves in this one's where its service is.
ENVIRONMENT = dict(os.environ)


@contextlib.contextmanager
def works(name):
    """Say whether what is done meanwhile works, and go on."""
    try:
        yield
    except BaseException as error:
        traceback.print_exc(file=sys.stdout)
        print(f"NO {name} -- {type(error).__name__}: {error}".replace("\n", " ")[:500], flush=True)
    else:
        print(f"OK {name}", flush=True)


def expect(condition, *shown):
    """Fail, showing what there was instead, where a condition does not hold."""
    if not condition:
        raise AssertionError(shown)


def rest(method, path, body=None):
    """Return the answer of the server's own API."""
    request = urllib.request.Request(f"{SERVER}/api/v1{path}", method=method)
    request.add_header("Authorization", f"Bearer {KEY}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def runs(**query):
    """Return the runs of the project as the server's own API shows them, the oldest first."""
    try:
        found = rest("GET", f"/projects/{ENTITY}/{PROJECT}/runs?sort=created_at&page_size=100")["results"]
    except urllib.error.HTTPError:  # not made yet
        return []
    return [run for run in found if all(run[name] == value for name, value in query.items())]


def wait_for(condition, seconds=60):
    """Return what a condition gives once it is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come to be")
        time.sleep(1)
    return found


def command(*arguments, **environment):
    """Return what a command of the client prints; it runs in this process, which saves the time to start another."""
    done = CliRunner().invoke(cli, arguments, env=environment)
    return done.output + (f"\n{done.exception!r}" if done.exception else "")


def started(*arguments):
    """Start a command of the client and return its process; what it prints is kept."""
    with pathlib.Path("agents.log").open("ab") as log:
        return subprocess.Popen([*CLI, *arguments], env=ENVIRONMENT, stdout=log, stderr=log)


VERSION = tuple(int(part) for part in wandb.__version__.split(".")[:2])


def the_end():
    """Say that the script has come to its end."""
    print("THE END", flush=True)
