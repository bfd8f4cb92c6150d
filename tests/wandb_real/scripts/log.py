"""Everything that a training script says of its run, read back by the client's own API."""

import math
import pathlib
import subprocess
import sys
import time

import numpy as np
import wandb

from common import ENTITY, ENVIRONMENT, PROJECT, VERSION, expect, rest, runs, the_end, works

STEPS = 1000
OLD = {"_stats_sample_rate_seconds": 1, "_stats_samples_to_average": 1}
QUICK_SAMPLES = OLD if VERSION < (0, 19) else {"x_stats_sampling_interval": 1}

with works("login"):
    expect(wandb.login())

with works("init"):
    run = wandb.init(
        project=PROJECT,
        name="first",
        config={"lr": 0.1, "model": {"depth": 3}},
        tags=["a", "b"],
        notes="some",
        group="g",
        settings=wandb.Settings(**QUICK_SAMPLES),
    )
with works("log"):
    run.define_metric("loss", summary="min")
    for step in range(STEPS):
        run.log({"loss": 1 / (step + 1), "train": {"accuracy": step}, "odd": math.nan if step == 7 else step})
    time.sleep(2)
print("a line of output")
with works("images, histograms, HTML"):
    run.log(
        {
            "image": wandb.Image(np.zeros((8, 8, 3), dtype="uint8"), caption="black"),
            "weights": wandb.Histogram(np.arange(100)),
            "page": wandb.Html("<p>hello</p>", inject=False),
        }
    )
with works("tables"):
    run.log({"table": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]])})
with works("summary"):
    run.summary["best"] = 7
    run.summary.update({"kind": "good"})
with works("config.update"):
    run.config.update({"late": 5})
with works("alert"):
    run.alert(title="Look", text="at this", level=wandb.AlertLevel.WARN, wait_duration=60)
with works("save"):
    pathlib.Path("model.txt").write_text("weights")
    run.save("model.txt")
with works("finish"):
    run.finish()

path = f"{ENTITY}/{PROJECT}/{run.id}"
stored = rest("GET", f"/runs/{path}")
with works("console output"):
    lines = rest("GET", f"/runs/{path}/console")["lines"]
    expect(any("a line of output" in str(line) for line in lines), lines)
with works("state, config and summary on the server"):
    expect(stored["state"] == "finished" and stored["exit_code"] == 0, stored)
    expect(stored["history_rows"] == STEPS + 2, stored["history_rows"])
    expect(stored["config"] == {"lr": 0.1, "model": {"depth": 3}, "late": 5}, stored["config"])
    expect(stored["summary"]["best"] == 7 and stored["summary"]["train.accuracy"] == STEPS - 1, stored["summary"])
    expect(stored["tags"] == ["a", "b"] and stored["notes"] == "some" and stored["group"] == "g", stored)
    expect(stored["host"] and stored["program"], stored)
with works("define_metric"):
    expect(stored["summary"]["loss"] == 1 / STEPS, stored["summary"]["loss"])
with works("files on the server"):
    paths = [file["path"] for file in rest("GET", f"/runs/{path}/files?page_size=100")["results"]]
    for wanted in (
        "model.txt",
        "wandb-metadata.json",
        "requirements.txt",
        "config.yaml",
        "media/images/",
        "media/table/",
    ):
        expect(any(name.startswith(wanted) for name in paths), wanted, paths)
with works("system metrics"):
    measured = rest("GET", f"/runs/{path}/system/metrics")
    expect(stored["system_rows"] >= 1 and measured, measured)

api = wandb.Api()
found = api.run(path)
with works("Api().run: state, config, summary"):
    expect(found.state == "finished" and found.name == "first" and found.tags == ["a", "b"], found)
    expect(found.config == {"lr": 0.1, "model": {"depth": 3}, "late": 5}, found.config)
    expect(found.summary["best"] == 7 and found.summary["loss"]["min"] == 1 / STEPS, dict(found.summary))
    nested = found.summary.get("train.accuracy") or found.summary["train"]["accuracy"]
    expect(nested == STEPS - 1, dict(found.summary))
with works("Api().run.history"):
    rows = found.history(samples=100, pandas=False)
    expect(len(rows) == 100 and rows[0]["loss"] == 1 and rows[0]["_step"] == 0, len(rows), rows[:1])
    rows = found.history(keys=["loss"], samples=50, pandas=False)
    expect(len(rows) == 50 and rows[0]["loss"] == 1, len(rows), rows[:1])
    expect(len(found.history(stream="system", pandas=False)) >= 1)
with works("Api().run.scan_history"):
    rows = list(found.scan_history(page_size=400))
    expect([row["_step"] for row in rows] == list(range(STEPS + 2)), len(rows), rows[-1:])
    rows = list(found.scan_history(keys=["loss"], page_size=300))
    expect([row["loss"] for row in rows] == [1 / (step + 1) for step in range(STEPS)], len(rows))
with works("Api().run.files"):
    files = {file.name: file for file in found.files()}
    expect("model.txt" in files and len(files) == len(found.files()), list(files))
    files["model.txt"].download(root="down", replace=True)
    expect(pathlib.Path("down/model.txt").read_text() == "weights")
with works("Api().run.update"):
    found.config["late"] = 6
    found.tags.append("c")
    found.update()
    found.summary["best"] = 8
    found.summary.update()
    again = rest("GET", f"/runs/{path}")
    expect(again["config"]["late"] == 6 and again["tags"] == ["a", "b", "c"] and again["summary"]["best"] == 8, again)
    expect(again["state"] == "finished", again["state"])
with works("Api().runs: filters and order"):
    names = [r.name for r in api.runs(f"{ENTITY}/{PROJECT}", filters={"config.lr": {"$gt": 0.05}, "state": "finished"})]
    expect(names == ["first"], names)
    expect(len(api.runs(f"{ENTITY}/{PROJECT}", filters={"$or": [{"tags": "none"}, {"display_name": "other"}]})) == 0)
    names = [r.name for r in api.runs(f"{ENTITY}/{PROJECT}", order="-summary_metrics.best", per_page=1)]
    expect(names[0] == "first", names)
with works("Api().projects"):
    expect(PROJECT in [project.name for project in api.projects(ENTITY)])

with works("resume='must'"):
    with wandb.init(project=PROJECT, id=run.id, resume="must") as resumed:
        expect(resumed.config["lr"] == 0.1, dict(resumed.config))
        expect(rest("GET", f"/runs/{path}")["state"] == "running")
        resumed.log({"loss": 5})
    again = rest("GET", f"/runs/{path}")
    expect(again["history_rows"] == STEPS + 3 and again["last_step"] == STEPS + 2, again)
    expect(again["state"] == "finished", again["state"])
with works("resume='allow'"), wandb.init(project=PROJECT, id=f"{run.id}-new", resume="allow") as allowed:
    allowed.log({"loss": 1})
with works("the same id without resume begins anew"):
    with wandb.init(project=PROJECT, id=run.id, config={"new": 1}) as anew:
        anew.log({"loss": 9})
    again = rest("GET", f"/runs/{path}")
    expect(again["history_rows"] == 1 and again["config"] == {"new": 1}, again)
with works("Api().run.delete"):
    api.run(f"{path}-new").delete()
    expect(not runs(run_id=f"{run.id}-new"))
with works("resume='never' and 'must' are refused where they must be"):
    for id_, mode in ((run.id, "never"), ("there-is-none", "must")):
        code = f"import wandb; wandb.init(project={PROJECT!r}, id={id_!r}, resume={mode!r})"
        said = subprocess.run(
            [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=150
        )
        expect(said.returncode != 0 and "UsageError" in said.stderr, mode, said.stderr[-300:])

the_end()
