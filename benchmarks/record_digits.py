"""Record the surface of the problem "digits": train a network for every config of its grid.

    python -m benchmarks.record_digits

writes `benchmarks/data/digits_mlp.json`. The loss is the log loss on the held-out half of scikit-learn's digits, mean
of two initialisations, after 12 epochs of Adam. It takes about a quarter of an hour on one core.
"""

import json
import warnings
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from benchmarks.search_problems import DIGITS, digits_grid

EPOCHS = 12
SEEDS = 2
WORST = 10.0


def loss_of(config: dict[str, Any], data: list[np.ndarray]) -> float:
    """Return the held-out log loss of one config, at most `WORST` (training may diverge)."""
    train, test, train_labels, test_labels = data
    losses = []
    for seed in range(SEEDS):
        network = MLPClassifier(
            (2 ** config["log2_width"],) * config["layers"],
            activation=config["activation"],
            learning_rate_init=10 ** config["log10_lr"],
            alpha=10 ** config["log10_alpha"],
            batch_size=2 ** config["log2_batch"],
            max_iter=EPOCHS,
            random_state=seed,
        ).fit(train, train_labels)
        losses.append(log_loss(test_labels, network.predict_proba(test), labels=range(10)))
    return round(min(float(np.mean(losses)), WORST), 5)


def main() -> None:
    """Train all and write the file."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    digits = load_digits()
    data = train_test_split(digits.data / 16, digits.target, test_size=0.5, random_state=0, stratify=digits.target)
    grid = digits_grid()
    losses = []
    for done, config in enumerate(grid, start=1):
        losses.append(loss_of(config, data))
        if done % 100 == 0:
            print(f"{done} of {len(grid)}", flush=True)
    DIGITS.parent.mkdir(exist_ok=True)
    DIGITS.write_text(json.dumps({"epochs": EPOCHS, "seeds": SEEDS, "losses": losses}))


if __name__ == "__main__":
    main()
