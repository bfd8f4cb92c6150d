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


def script_to_run(names):
    """Return in each fork the name of the script that is for it, and "" in this process once all have ended."""
    waiting, running = list(names), 0
    while waiting or running:
        if waiting and running < AT_ONCE:
            name = waiting.pop(0)
            if os.fork() == 0:
                return name
            running += 1
        else:
            os.wait()
            running -= 1
    return ""


def take_place(name):
    """Let this process have a folder of its own, and be one that a person has started."""
    folder = pathlib.Path(name).resolve()
    (folder / "home").mkdir(parents=True)
    os.chdir(folder)
    os.environ.update(HOME=str(folder / "home"), WANDB_PROJECT=f"{name}-{os.environ['WANDB_PROJECT']}")
    log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # A folder of the client that is made with the import, and removed by the first fork that ends.
    MEDIA_TMP.__init__("wandb-media")
    # Whoever starts the tests in the background may have it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)


if chosen := script_to_run(sys.argv[1:]):
    take_place(chosen)
    sys.argv = [str(pathlib.Path(__file__).with_name(f"{chosen}.py"))]
    # The end of this process is that of the script, as the client's hooks see it.
    runpy.run_path(sys.argv[0], run_name="__main__")
