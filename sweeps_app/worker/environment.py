"""What an agent's process is given: a clean environment and folders of its own."""

import os
import shutil
import sys
from pathlib import Path

from django.conf import settings

from sweeps_app.models import AgentJob
from sweeps_app.worker.gpus import VISIBLE

# The worker's own variables hold the server's secrets: none passes but these.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH")


class JobFolder:
    """The folder of one attempt of a job: where it works, its home, and what it imports of ours."""

    def __init__(self, job: AgentJob) -> None:
        self.path = Path(settings.DATA_DIR) / "jobs" / job.job_id
        self.work, self.home, self.temporary = self.path / "work", self.path / "home", self.path / "tmp"
        self.packages = self.path / "lib"

    def make(self) -> None:
        """Make the folder anew, all but `work`, which the program's source becomes."""
        self.remove()
        for folder in (self.home, self.temporary, self.packages):
            folder.mkdir(parents=True, mode=0o700)

    def remove(self) -> None:
        """Remove the folder with all that the process left there."""
        shutil.rmtree(self.path, ignore_errors=True)


def agent_environment(job: AgentJob, folder: JobFolder, key: str, python: Path | None = None) -> dict[str, str]:
    """Return the environment that the worker sets for a job whose programs are found beside `python` first."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    threads = str(job.slots)
    return (
        passed_on
        | _interpreter(python, passed_on.get("PATH", os.defpath))
        | {
            "HOME": str(folder.home),
            "TMPDIR": str(folder.temporary),
            "PYTHONPATH": str(folder.packages),
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            VISIBLE: ",".join(job.gpu_ids),
            "CUDA_DEVICE_ORDER": "PCI_BUS_ID",  # the order in which cards are listed
            "SWEEPDECK_BASE_URL": settings.WORKER_BASE_URL,
            "SWEEPDECK_API_KEY": key,
            "SWEEPDECK_ENTITY": job.sweep.project.entity.name,
            "SWEEPDECK_PROJECT": job.sweep.project.name,
            "SWEEPDECK_SWEEP_ID": job.sweep.sweep_id,
            "SWEEPDECK_JOB_ID": job.job_id,
            "SWEEPDECK_AGENT_COUNT": str(job.count or ""),
        }
    )


def _interpreter(python: Path | None, search_path: str) -> dict[str, str]:
    """Return what makes other programs find the interpreter and its packages."""
    place = (python or Path(sys.executable)).parent
    found = {"PATH": f"{place}{os.pathsep}{search_path}"}
    if (place.parent / "pyvenv.cfg").is_file():
        found["VIRTUAL_ENV"] = str(place.parent)
    return found
