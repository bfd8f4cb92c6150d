"""Rows of a run's history: what belongs to one step, and when it is complete."""

import time
from collections.abc import Mapping
from typing import Any


class RowBuilder:
    """Collects logged values until their step is complete.

    A call without `step` completes the current step, one with `commit=False` or with a `step` leaves it open; a larger
    step completes it.
    """

    def __init__(self, first_step: int = 0) -> None:
        self.step = first_step
        self._open: dict[str, Any] = {}

    @property
    def is_open(self) -> bool:
        """Whether the current step has values already."""
        return bool(self._open)

    def add(self, data: Mapping[str, Any], step: int | None, commit: bool | None) -> list[dict[str, Any]]:
        """Take in `data` and return the rows that are complete now, none to two.

        Raises `ValueError` when `step` lies before the current one.
        """
        complete: list[dict[str, Any]] = []
        if step is not None and step != self.step:
            if step < self.step:
                raise ValueError(f"step {step} is less than the current step {self.step}")
            complete = self.flush()
            self.step = step
        self._open.update(data)
        if commit or (commit is None and step is None):
            complete += self.flush()
            self.step += 1
        return complete

    def flush(self) -> list[dict[str, Any]]:
        """Return the open row, if it holds anything, and begin an empty one."""
        if not self._open:
            return []
        row = self._open
        self._open = {}
        row["_step"] = self.step
        row["_timestamp"] = time.time()
        return [row]
