"""What a search learns: the outcome of each run of a sweep, in the order of arrival."""

from sweeps_app.models import Result, Run, Sweep
from sweeps_app.models.compiled import CompiledQuery
from sweeps_app.models.compiled_writes import insert_row, update_row
from sweeps_app.selectors.trials import result_values

# A stopped run has been measured as far as it went; of the others nobody knows what they would have come to.
_MEASURED = (Run.State.FINISHED, Run.State.STOPPED_EARLY)
_NEWEST = CompiledQuery(lambda run: Result.objects.filter(run=run).order_by("-number"), integers="run")


def result_record(*, run: Run, sweep: Sweep) -> Result | None:
    """Add the outcome of an ended run, unless the newest result says the same; the caller holds the sweep's lock.

    A run without a suggestion, which its sweep did not choose, has no result.
    """
    if run.suggestion_id is None:
        return None
    state = Result.State.FINISHED if run.state in _MEASURED else Result.State.FAILED
    values = list(result_values(run, sweep.config))
    newest = _NEWEST.first(run=run.pk)
    if newest is not None and (newest.state, newest.values) == (state, values):
        return None
    result = Result(
        sweep=sweep,
        suggestion_id=run.suggestion_id,
        run=run,
        number=sweep.result_count,
        state=state,
        values=values,
    )
    insert_row(result)
    sweep.result_count += 1
    update_row(sweep, ["result_count"])
    return result
