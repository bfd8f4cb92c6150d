"""What followers of a sweep learn of its agent jobs: a job that changes counts as a change of its sweep."""

from collections.abc import Iterable

from sweeps_app.models import Project
from sweeps_app.services.locks import sweep_locked


def sweeps_touch(sweep_pks: Iterable[int]) -> None:
    """Note that jobs of these sweeps have changed, in the caller's transaction and after its other locks.

    Sweeps that were deleted meanwhile are passed over.
    """
    # All sweeps before any project, as everywhere.
    locked = [sweep for pk in sorted(sweep_pks) if (sweep := sweep_locked(pk)) is not None]
    for sweep in locked:
        sweep.change = Project.next_cursor(sweep.project_id)
        sweep.save(update_fields=["change"])
