"""When a sweep tries a configuration again whose run has failed or was lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

DEFAULT_ATTEMPTS = 3
ANY_CODE = "any"


@dataclass(frozen=True)
class RetryPolicy:
    """At most `attempts` attempts at a configuration may be lost or fail.

    Those that are lost, of which nothing is heard any more, are tried again where `on_lost`; those that end with one of
    `exit_codes`, or with any but 0, always. With `quarantine`, agents whose runs fail far more often than the others'
    get no more, and what has failed there is tried again elsewhere.
    """

    attempts: int = DEFAULT_ATTEMPTS
    on_lost: bool = True
    exit_codes: tuple[int, ...] | Literal["any"] = ()
    quarantine: bool = True

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "RetryPolicy":
        """Return the policy of a normalised sweep configuration."""
        section = config.get("retry") or {}
        codes = section.get("exit_codes", ())
        return cls(
            attempts=section.get("attempts", DEFAULT_ATTEMPTS),
            on_lost=section.get("on_lost", True),
            exit_codes="any" if codes == ANY_CODE else tuple(codes),
            quarantine=section.get("quarantine", True),
        )

    def allows(self, *, exit_code: int | None, earlier: int) -> bool:
        """Tell whether another attempt follows one with `exit_code` (None: lost), before which `earlier` were bad."""
        if earlier + 1 >= self.attempts:
            return False
        if exit_code is None:
            return self.on_lost
        return exit_code != 0 and (self.exit_codes == ANY_CODE or exit_code in self.exit_codes)
