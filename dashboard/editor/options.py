"""What the form of the editor offers, told to its script."""

import json
from typing import Any

from sweeps_app.search.schema_laws import law_keys
from sweeps_app.search.schema_stopping import rule_keys
from sweeps_app.search.suggest import METHODS
from sweeps_app.services.editing import FIXED

_LAWS = {
    "constant": "one value",
    "categorical": "a choice of values",
    "categorical_w_probabilities": "a weighted choice",
    "int_uniform": "integers, both ends included",
    "uniform": "even between two bounds",
    "q_uniform": "even, in steps of q",
    "log_uniform_values": "even over orders of magnitude",
    "q_log_uniform_values": "the same in steps of q",
    "inv_log_uniform_values": "the same, mirrored",
    "normal": "around mu, with deviation sigma",
    "q_normal": "the same in steps of q",
    "log_normal": "exp of a normal",
    "q_log_normal": "the same in steps of q",
    "beta": "between 0 and 1, shaped by a and b",
    "q_beta": "the same in steps of q",
    "log_uniform": "bounds as exponents of e",
    "q_log_uniform": "exponents of e, steps of q",
    "inv_log_uniform": "exponents of e, mirrored",
}
_METHODS = {
    "random": "independent draws",
    "grid": "every combination once",
    "bayes": "a Gaussian process learns",
    "tpe": "Parzen estimator, for many or conditional parameters",
    "cmaes": "evolution of a covariance matrix, for numbers",
    "qmc": "even coverage",
    "nsga2": "several metrics at once",
    "custom": "a program of yours suggests",
}


def editor_options(*, is_running: bool) -> str:
    """Return JSON: the distributions with their keys, the methods, the stopping rules' settings, and what is fixed."""
    keys = law_keys()
    options: dict[str, Any] = {
        "laws": [{"name": name, "about": about, "keys": keys[name]} for name, about in _LAWS.items()],
        "methods": [{"name": name, "about": _METHODS.get(name, "")} for name in METHODS],
        "rules": rule_keys(),
        "fixed": FIXED if is_running else (),
    }
    return json.dumps(options)
