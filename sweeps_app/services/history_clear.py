"""Begin a run's history anew, for an attempt that starts from nothing."""

from sweeps_app.models import HistoryChunk, Run, RunMetric, RunRung, StoppingDecision


def history_clear(*, run: Run) -> None:
    """Remove what earlier attempts at the run have logged; the caller holds the run's lock and saves it.

    What they printed, their files, and how they ended stay.
    """
    # Chunks that are being merged at this moment come back as one.
    while HistoryChunk.objects.filter(run=run).delete()[0]:
        pass
    for rows in (RunMetric, RunRung, StoppingDecision):
        rows.objects.filter(run=run).delete()
    run.summary, run.summary_overrides, run.objective, run.stopping_progress = {}, [], None, {}
    run.history_rows, run.last_step, run.history_attempt = 0, None, run.attempt
