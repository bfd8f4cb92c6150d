"""`make run` with a data folder of its own, as a person types it."""

import os
import re
import signal
import subprocess
import urllib.request

from tests.processes.alive import processes_of, wait_for
from tests.sdk.script import ROOT


def bare_environment(**more):
    """Return this process's environment, with `more`, as a person's shell has it: nothing of what tests are told."""
    ours = ("SWEEPDECK_", "DJANGO_SETTINGS_MODULE", "MAKE", "MFLAGS", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more


class Server:
    """The processes of one `make run`, which are one job of a terminal."""

    def __init__(self, folder, *, port=0, database="", broker="", **settings):
        self.folder = folder
        self._log = folder.parent / "terminal.log"
        environment = bare_environment(SWEEPDECK_DATA_DIR=str(folder), **settings)
        environment |= {"SWEEPDECK_DATABASE_URL": database, "SWEEPDECK_BROKER_URL": broker}
        with self._log.open("w") as terminal:
            self.process = subprocess.Popen(
                ["make", "--no-print-directory", "run", f"PORT={port}", "ARGS=--no-demo"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(lambda: "Ctrl+C" in self.said or self.process.poll() is not None, seconds=120)
        assert self.process.poll() is None, self.said
        self.url = re.search(r"http://[\d.:]+", self.said).group()

    @property
    def said(self):
        """What the terminal shows."""
        return self._log.read_text()

    @property
    def supervisor(self):
        """The id of the process that looks after the others."""
        return int(re.search(r'"pid": (\d+)', (self.folder / "server.lock").read_text()).group(1))

    def interrupt(self):
        """Press Ctrl+C: the terminal tells every process of the job."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self):
        """Wait for the end of `make`, and return its exit code."""
        return self.process.wait(60)

    def get(self, path, **headers):
        """Return the status and text of an answer."""
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode(errors="replace")

    def kill(self):
        """End whatever a failed test has left."""
        for pid in processes_of(self.folder):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(10)
