"""The states of runs and sweeps in the client's words."""

from collections.abc import Mapping

from sweeps_app.models import Run, Sweep

_RUN_STATES: Mapping[str, str] = {Run.State.STOPPED_EARLY: "killed"}
_SWEEP_STATES: Mapping[str, str] = {Sweep.State.STOPPED: "FINISHED", Sweep.State.FAILED: "CRASHED"}
# What the client writes into a sweep's state -> what it means.
SWEEP_ACTIONS: Mapping[str, str] = {
    "PAUSED": "pause",
    "RUNNING": "resume",
    "FINISHED": "stop",
    "STOPPED": "stop",
    "CANCELED": "cancel",
}


def run_state(run: Run) -> str:
    """Return the state of a run."""
    return _RUN_STATES.get(run.state, run.state)


def sweep_state(sweep: Sweep) -> str:
    """Return the state of a sweep."""
    return _SWEEP_STATES.get(sweep.state, sweep.state)
