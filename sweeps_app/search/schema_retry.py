"""Checks of `retry`."""

from collections.abc import Mapping
from typing import Any

from sweeps_app.search.checks import check_integer, check_object
from sweeps_app.search.problems import Report, join, shown
from sweeps_app.search.retry import ANY_CODE, DEFAULT_ATTEMPTS

_PATH = "retry"
_KEYS = ("attempts", "on_lost", "exit_codes", "quarantine")
MAX_ATTEMPTS = 1_000
_CODES = (-(2**31), 2**31 - 1)


def check_retry(report: Report, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the normalised `retry` with its defaults, nothing where there is none."""
    if _PATH not in config:
        return {}
    given = check_object(report, _PATH, config[_PATH], _KEYS)
    if given is None:
        return {}
    attempts = check_integer(report, join(_PATH, "attempts"), given.get("attempts", DEFAULT_ATTEMPTS), 1, MAX_ATTEMPTS)
    switches = {name: _switch(report, name, given.get(name, True)) for name in ("on_lost", "quarantine")}
    codes = _exit_codes(report, given.get("exit_codes", []))
    return {_PATH: {"attempts": attempts, "exit_codes": codes, **switches}}


def _switch(report: Report, name: str, value: Any) -> Any:
    if not isinstance(value, bool):
        report.error(join(_PATH, name), f"must be true or false, not {shown(value)}", "wrong_type")
    return value


def _exit_codes(report: Report, value: Any) -> Any:
    path = join(_PATH, "exit_codes")
    if value == ANY_CODE:
        return value
    if not isinstance(value, list):
        report.error(
            path, f'must be "{ANY_CODE}" or a list of exit codes such as [1, 137], not {shown(value)}', "wrong_type"
        )
        return []
    codes = [check_integer(report, f"{path}[{place}]", code, *_CODES) for place, code in enumerate(value)]
    if 0 in codes:
        report.error(path, "must not hold 0: such a run has finished", "out_of_range")
    return codes
