"""What a user is told of mistakes."""

import os
import pathlib
import sys
import time

import wandb

from common import ENTITY, PROJECT, expect, rest, the_end, works


def told(call):
    """Return what the client raises, with how long that took."""
    began = time.monotonic()
    try:
        call()
    except BaseException as error:
        return f"{type(error).__name__}: {error}", time.monotonic() - began
    raise AssertionError("nothing was raised")


# Before this process has a client of its own, which remembers its key.
wrong_key = os.fork()
if wrong_key == 0:
    os.environ["WANDB_API_KEY"] = "w" * 40
    with works("a wrong key is told as such"):
        said, _ = told(lambda: wandb.login(key="w" * 40, relogin=True, verify=True))
        expect("key" in said.lower() or "permission" in said.lower() or "credentials" in said.lower(), said)
    sys.exit()
os.waitpid(wrong_key, 0)
with works("a wrong sweep is told with its problems, at once"):
    wrong = {"method": "gird", "parameters": {"x": {"values": []}}}
    said, seconds = told(lambda: wandb.sweep(wrong, project=PROJECT))
    expect("method" in said and "parameters.x" in said, said)
    expect(seconds < 60, seconds)
with works("an artifact is refused by its name, at once, and the script goes on"):
    run = wandb.init(project=PROJECT)
    began = time.monotonic()
    artifact = wandb.Artifact("weights", type="model")
    pathlib.Path("a.txt").write_text("a")
    artifact.add_file("a.txt")
    run.log_artifact(artifact)
    try:
        run.use_artifact("weights:latest")
    except Exception as error:
        expect("Cannot query field" in str(error), error)
    else:
        raise AssertionError("there are artifacts")
    run.log({"x": 1})
    run.finish()
    stored = rest("GET", f"/runs/{ENTITY}/{PROJECT}/{run.id}")
    expect((stored["state"], stored["history_rows"]) == ("finished", 1), stored)
    expect(time.monotonic() - began < 60)
with works("a project of someone else is told as such, at once"):
    said, seconds = told(lambda: wandb.init(project=PROJECT, entity="stranger"))
    expect("no entity 'stranger' that you can see" in said or "do not have permission" in said, said)
    expect(seconds < 60, seconds)
the_end()
