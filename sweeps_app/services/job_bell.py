"""The bell of agent jobs: a message to the workers of a job's queue that there is something to claim."""

from django.db import transaction

from sweeps_app.config.celery import app
from sweeps_app.models import AgentJob

RUN_AGENT_JOB = "sweeps_app.tasks.run_agent_job"
# The reconciler rings again; bells that nobody hears must not pile up.
BELL_SECONDS = 60


def job_ring(job: AgentJob) -> None:
    """Send the message once the transaction holds; without a broker the reconciler rings later."""
    named, queue = {"job_id": job.job_id}, job.queue
    transaction.on_commit(
        lambda: app.send_task(RUN_AGENT_JOB, kwargs=named, queue=queue, expires=BELL_SECONDS), robust=True
    )
