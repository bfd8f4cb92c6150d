"""A run without a server, sent afterwards."""

import os
import pathlib

import wandb

from common import ENTITY, PROJECT, command, expect, rest, the_end, works

os.environ["WANDB_MODE"] = "offline"
run = wandb.init(project=PROJECT, name="offline", config={"a": 1})
for step in range(200):
    run.log({"x": step})
pathlib.Path("kept.txt").write_text("kept")
run.save("kept.txt")
run.finish()
del os.environ["WANDB_MODE"]
with works("offline runs and wandb sync"):
    folder = next(pathlib.Path("wandb").glob(f"offline-run-*-{run.id}"))
    said = command("sync", str(folder))
    stored = rest("GET", f"/runs/{ENTITY}/{PROJECT}/{run.id}")
    expect(stored["state"] == "finished" and stored["history_rows"] == 200, stored, said)
    expect(stored["config"] == {"a": 1} and stored["summary"]["x"] == 199, stored)
    paths = [file["path"] for file in rest("GET", f"/runs/{ENTITY}/{PROJECT}/{run.id}/files?page_size=100")["results"]]
    expect("kept.txt" in paths, paths)
with works("wandb sync again adds nothing"):
    command("sync", "--include-synced", str(folder))
    expect(rest("GET", f"/runs/{ENTITY}/{PROJECT}/{run.id}")["history_rows"] == 200)
the_end()
