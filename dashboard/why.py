"""Why a configuration was tried, in a sentence."""

from collections.abc import Mapping
from typing import Any

from dashboard.formatting import number

_METHODS = {
    "random": "Drawn at random from the space",
    "grid": "The next point of the grid",
    "bayes": "Chosen by Bayesian search",
    "tpe": "Chosen by a tree-structured Parzen estimator",
    "cmaes": "Drawn by CMA-ES",
    "qmc": "The next point of a Sobol sequence",
    "nsga2": "Bred by NSGA-II",
    "custom": "Posted by a client",
}


def why_sentence(why: Mapping[str, Any]) -> str:
    """Return what a suggestion's `why` says, as far as a sentence can; empty where there is nothing to say."""
    method = why.get("method")
    if not method:
        return ""
    parts = [_METHODS.get(method, f"Chosen by {method}")]
    if why.get("observations"):
        parts.append(f"from {why['observations']:,} results")
    if isinstance(why.get("expected_improvement"), int | float):
        parts.append(f"with an expected improvement of {number(why['expected_improvement'])}")
    numbered = f", as suggestion {why['number']:,}" if isinstance(why.get("number"), int) else ""
    seeded = f" (seed {why['seed']})" if "seed" in why else ""
    return f"{' '.join(parts)}{numbered}{seeded}."
