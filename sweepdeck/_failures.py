"""When an agent gives up because its runs keep failing."""

EARLY_SECONDS, EARLY_FAILURES = 60.0, 3
MANY_FAILURES = 5


class Failures:
    """Counts how an agent's runs end; times are seconds since the agent has begun."""

    def __init__(self) -> None:
        self._early = self._failed = self._finished = 0

    def note(self, *, has_failed: bool, has_finished: bool, at: float) -> None:
        """Count a run that has ended at `at`; one that was killed is neither failed nor finished."""
        self._finished += has_finished
        self._failed += has_failed
        self._early += has_failed and at < EARLY_SECONDS

    def verdict(self) -> str:
        """Return why the agent should give up, or "" where it should go on."""
        if self._early >= EARLY_FAILURES:
            return f"{self._early} runs failed in the first {EARLY_SECONDS:.0f} seconds"
        if self._failed >= MANY_FAILURES and self._failed >= self._finished:
            return f"{self._failed} runs failed and {self._finished} finished"
        return ""
