"""What is said when a script asks for a part of wandb that Sweepdeck lacks."""

import difflib
from collections.abc import Iterable


def missing(owner: str, name: str, known: Iterable[str]) -> str:
    """Return the message of the `AttributeError` for `name`, with the nearest name that `owner` does have."""
    public = [other for other in known if not other.startswith("_")]
    near = difflib.get_close_matches(name, public, n=1, cutoff=0.75)
    hint = f"Did you mean '{near[0]}'?" if near else f"There is {', '.join(public)}."
    return f"{owner} has no '{name}' in Sweepdeck. {hint}"
