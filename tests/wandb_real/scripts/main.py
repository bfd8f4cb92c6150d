"""Runs scripts side by side, each in a process and a folder of its own, with its output in the file `log` there.

The processes are forks of this one, so that the client is imported once: that takes longer than most scripts work.
"""

import os
import pathlib
import runpy
import signal
import sys

import numpy  # noqa: F401 (for those who come after the fork)
import wandb.cli.cli  # noqa: F401
from wandb.sdk.data_types._private import MEDIA_TMP

# More than are busy: they wait for the server, and agents between their questions.
AT_ONCE = 3
# 0.16.6 tells the port of its service before it listens there: on a busy machine a script of its may come too early.
TOO_EARLY = "Connection to wandb service failed"
TRIES = 3


def script_to_run(names):
    """Return in each fork the script that is for it and the number of its try; "" in this process, once all have ended.

    A script whose client did not find its own service says nothing of ours, and is run again.
    """
    waiting, running = [(name, 1) for name in names], {}
    while waiting or running:
        if waiting and len(running) < AT_ONCE:
            script = waiting.pop(0)
            process = os.fork()
            if process == 0:
                return script
            running[process] = script
            continue
        name, tried = running.pop(os.wait()[0])
        if tried < TRIES and came_too_early(name):
            pathlib.Path(name).rename(f"{name}-{tried}")
            waiting.append((name, tried + 1))
    return "", 0


def came_too_early(name):
    """Return whether the client of a script, or of an agent that it started, did not find its own service."""
    return any(TOO_EARLY in log.read_text(errors="replace") for log in pathlib.Path(name).glob("*log"))


def take_place(name, number):
    """Let this process have a folder and a project of its own, and be one that a person has started."""
    folder = pathlib.Path(name).resolve()
    (folder / "home").mkdir(parents=True)
    os.chdir(folder)
    os.environ.update(HOME=str(folder / "home"), WANDB_PROJECT=f"{name}-{number}-{os.environ['WANDB_PROJECT']}")
    log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # A folder of the client that is made with the import, and removed by the first fork that ends.
    MEDIA_TMP.__init__("wandb-media")
    # Whoever starts the tests in the background may have it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)


chosen, number = script_to_run(sys.argv[1:])
if chosen:
    take_place(chosen, number)
    sys.argv = [str(pathlib.Path(__file__).with_name(f"{chosen}.py"))]
    # The end of this process is that of the script, as the client's hooks see it.
    runpy.run_path(sys.argv[0], run_name="__main__")
