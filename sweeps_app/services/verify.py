"""Make every suggestion of a sweep again from what was known then, and compare."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sweeps_app.models import Suggestion, Sweep, SweepVersion
from sweeps_app.search.distributions import json_key
from sweeps_app.search.request import Suggested
from sweeps_app.selectors.trials import Basis, trials_known
from sweeps_app.services.making import suggestion_make


@dataclass(frozen=True)
class Verified:
    """One suggestion: the configuration that was handed out, the one made now, and why they may differ.

    `status` is "same", "differs", or "skipped" for what the server has not chosen itself.
    """

    number: int
    status: str
    stored: dict[str, Any]
    made: dict[str, Any] | None = None
    reason: str = ""


def suggestions_verify(sweep: Sweep) -> Iterator[Verified]:
    """Yield each suggestion of a sweep that was handed out, by number, compared with the one made again."""
    versions = {version.number: version for version in sweep.versions.all()}
    for suggestion in sweep.suggestions.filter(state=Suggestion.State.CLAIMED).order_by("number").iterator():
        if suggestion.request_id or suggestion.version not in versions:
            reason = "posted by a controller" if suggestion.request_id else "its version of the sweep is gone"
            yield Verified(suggestion.number, "skipped", suggestion.config, reason=reason)
        else:
            yield _verified(sweep, suggestion, versions[suggestion.version])


def _verified(sweep: Sweep, suggestion: Suggestion, version: SweepVersion) -> Verified:
    basis = Basis.from_json(suggestion.basis)
    made = suggestion_make(sweep, version, suggestion.number, trials_known(sweep, basis, version))
    config = made.config if made is not None else None
    if config is not None and json_key(config) == json_key(suggestion.config):
        return Verified(suggestion.number, "same", suggestion.config, config)
    reason = _why(suggestion, made)
    return Verified(suggestion.number, "differs", suggestion.config, config, reason)


def _why(suggestion: Suggestion, made: Suggested | None) -> str:
    """Return the likeliest reason for a difference."""
    version = made.why.get("version") if made is not None else None
    if made is not None and version != suggestion.why.get("version"):
        return f"made by version {suggestion.why.get('version')} of the method, this server has version {version}"
    if suggestion.version > 1:
        return "made after the sweep was edited: earlier results may have counted differently then"
    return "no known reason: numerical libraries of another version or machine can change the last digits"
