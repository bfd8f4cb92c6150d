"""How runs end: errors, exit codes, Ctrl+C, a stop from the page."""

import os
import sys

import wandb

from common import ENTITY, PROJECT, expect, rest, runs, the_end, wait_for, works

BODY = {
    "exception": "raise ValueError('boom')",
    "code": "import sys; sys.exit(3)",
    "interrupted": "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(60)",
    "stopped": "import time\nfor i in range(900): run.log({'x': i}); time.sleep(0.1)",
    "preempted": "run.mark_preempting(); import sys; sys.exit(1)",
}


def part():
    """Return in each of five new processes the name of the body that is for it, and in this one their ids."""
    started = {}
    for name in BODY:
        started[name] = os.fork()
        if started[name] == 0:
            return name
    return started


mine = part()
if isinstance(mine, str):
    run = wandb.init(project=PROJECT, name=mine)
    run.log({"x": -1})
    exec(BODY[mine])
    sys.exit()

running = wait_for(lambda: [run for run in runs(name="stopped") if run["state"] == "running"], 120)[0]
rest("POST", f"/runs/{ENTITY}/{PROJECT}/{running['run_id']}/stop", {})
codes = {name: os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for name, process in mine.items()}
ended = {run["name"]: run for run in runs()}
with works("exceptions and exit codes"):
    for name, code in (("exception", 1), ("code", 3)):
        expect((ended[name]["state"], ended[name]["exit_code"]) == ("failed", code), ended[name])
with works("Ctrl+C"):
    expect(ended["interrupted"]["state"] == "killed", ended["interrupted"])
with works("a stop from the page reaches the script"):
    expect(ended["stopped"]["state"] == "killed" and codes["stopped"] != 0, ended["stopped"])
with works("mark_preempting"):
    expect(ended["preempted"]["state"] == "preempted", ended["preempted"])
the_end()
