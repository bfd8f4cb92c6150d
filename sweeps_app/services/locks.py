"""The lock of a sweep's row, which is taken before those of its runs and its project."""

from sweeps_app.models import Sweep
from sweeps_app.models.compiled import CompiledQuery

_SWEEP = CompiledQuery(
    lambda pk: Sweep.everything.select_for_update().filter(pk=pk, deleted_at=None).order_by(), integers="pk"
)


def sweep_locked(pk: int) -> Sweep | None:
    """Return the sweep under its lock, None where it has been deleted; called within a transaction."""
    return _SWEEP.first(pk=pk)
