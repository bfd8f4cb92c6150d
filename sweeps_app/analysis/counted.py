"""Which runs an analysis is made of, and which it cannot know."""

from dataclasses import dataclass

# From this share on, runs that broke may well be those that a parameter breaks.
_MANY_BROKEN = 0.1


@dataclass(frozen=True, slots=True)
class CountedRuns:
    """Numbers of runs.

    `ended` have come to an end, of which `analysed` are looked at; of these `cut_short` have a value but were stopped
    before their end, and `without_value` have none. `broken` have failed, crashed or been preempted; `hidden` were left
    out by somebody.
    """

    ended: int
    analysed: int
    cut_short: int
    without_value: int
    broken: int
    hidden: int = 0

    def notes(self) -> tuple[str, ...]:
        """Return what one has to know of them, a sentence each."""
        found = [self._sampled(), self._cut_short(), self._without_value(), self._broken(), self._hidden()]
        return tuple(note for note in found if note)

    def _sampled(self) -> str:
        if self.analysed == self.ended:
            return ""
        return f"A sample of {self.analysed:,} of {self.ended:,} ended runs."

    def _cut_short(self) -> str:
        if not self.cut_short:
            return ""
        return f"{_count(self.cut_short, 'run was', 'runs were')} stopped before the end; the last value counts."

    def _without_value(self) -> str:
        if not self.without_value:
            return ""
        return f"{_count(self.without_value, 'run', 'runs')} ended without a finite value and cannot be counted."

    def _broken(self) -> str:
        if not self.broken:
            return ""
        found = f"{_count(self.broken, 'run', 'runs')} failed, crashed or lost the machine and cannot be counted"
        if self.broken < _MANY_BROKEN * (self.broken + self.ended):
            return f"{found}."
        return f"{found}: if a parameter makes runs fail, this is not seen here."

    def _hidden(self) -> str:
        return f"{_count(self.hidden, 'hidden run is', 'hidden runs are')} left out." if self.hidden else ""


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
