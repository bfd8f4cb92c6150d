"""What an agent's process is given: a clean environment and a folder of its own."""

import os
import shutil
from pathlib import Path

from django.conf import settings

from sweeps_app.config.env import BASE_DIR
from sweeps_app.models import AgentJob

# The worker's own variables hold the server's secrets: none passes but these.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH")


def make_folder(job: AgentJob) -> Path:
    """Return a new, empty folder for one attempt of the job."""
    folder = _folder(job)
    remove_folder(job)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def remove_folder(job: AgentJob) -> None:
    """Remove the job's folder with all that its process left there."""
    shutil.rmtree(_folder(job), ignore_errors=True)


def agent_environment(job: AgentJob, folder: Path, key: str) -> dict[str, str]:
    """Return the whole environment of the job's process."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed_on | {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONPATH": str(BASE_DIR),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "SWEEPDECK_BASE_URL": settings.WORKER_BASE_URL,
        "SWEEPDECK_API_KEY": key,
        "SWEEPDECK_ENTITY": job.sweep.project.entity.name,
        "SWEEPDECK_PROJECT": job.sweep.project.name,
        "SWEEPDECK_SWEEP_ID": job.sweep.sweep_id,
        "SWEEPDECK_JOB_ID": job.job_id,
        "SWEEPDECK_AGENT_COUNT": str(job.count or ""),
    }


def _folder(job: AgentJob) -> Path:
    return Path(settings.DATA_DIR) / "jobs" / job.job_id
