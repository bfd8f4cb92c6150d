"""The demo's training script: scikit-learn models learn to read the digits that scikit-learn ships.

An ordinary script of the SDK, as a person would write it. It runs as an agent of the sweep that the environment names.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import sweepdeck

EPOCHS = 20
# The digits are learnt in no time: a demo that is over before one looks would show no chart that moves.
EPOCH_SECONDS = 0.3
TREES_PER_EPOCH = 2
LABELS = np.arange(10)


class Digits(NamedTuple):
    """Images as float64[n, 64] in 0..1, and the digits that they show."""

    images: NDArray[np.float64]
    labels: NDArray[np.int64]


class Model(Protocol):
    """A classifier that can be trained step by step."""

    def learn(self, digits: Digits, epoch: int) -> None:
        """Train for one more epoch; the first one is number 1."""

    def predict_proba(self, images: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of each digit, float64[n, 10]."""


class Network(MLPClassifier):  # type: ignore[misc]
    """A small neural network; an epoch is one pass over the images."""

    def learn(self, digits: Digits, epoch: int) -> None:  # noqa: ARG002 (it remembers by itself)
        """Train for one more epoch."""
        self.partial_fit(digits.images, digits.labels, classes=LABELS)


class Trees(GradientBoostingClassifier):  # type: ignore[misc]
    """Gradient-boosted trees; an epoch adds two trees for each digit."""

    def learn(self, digits: Digits, epoch: int) -> None:
        """Train for one more epoch."""
        self.set_params(n_estimators=TREES_PER_EPOCH * epoch).fit(digits.images, digits.labels)


def network(config: Mapping[str, Any]) -> Model:
    """Return an untrained network."""
    return Network(
        (config["width"],),
        activation=config["activation"],
        learning_rate_init=config["learning_rate"],
        batch_size=64,
        random_state=0,
    )


def trees(config: Mapping[str, Any]) -> Model:
    """Return an untrained ensemble of trees."""
    return Trees(
        learning_rate=config["learning_rate"],
        max_depth=config["depth"],
        subsample=0.5,
        warm_start=True,
        random_state=0,
    )


MODELS: dict[str, Callable[[Mapping[str, Any]], Model]] = {"network": network, "trees": trees}


def train(training: Digits, validation: Digits) -> None:
    """Train the model that the run's config describes, and log how well it does after each epoch."""
    sweepdeck.init()
    kind = sweepdeck.config["model"]
    model = MODELS[kind](sweepdeck.config[kind])
    for epoch in range(1, EPOCHS + 1):
        started = time.monotonic()
        model.learn(training, epoch)
        sweepdeck.log({"epoch": epoch, **scores("train", model, training), **scores("val", model, validation)})
        time.sleep(max(0.0, started + EPOCH_SECONDS - time.monotonic()))


def scores(name: str, model: Model, digits: Digits) -> dict[str, float]:
    """Return log loss and accuracy, named after the part of the data."""
    predicted = model.predict_proba(digits.images)
    return {
        f"{name}_loss": float(log_loss(digits.labels, predicted, labels=LABELS)),
        f"{name}_accuracy": float(np.mean(predicted.argmax(axis=1) == digits.labels)),
    }


def load() -> tuple[Digits, Digits]:
    """Return the digits to train on and those to validate with, a third."""
    images, labels = load_digits(return_X_y=True)
    parts = train_test_split(images / 16, labels, test_size=1 / 3, stratify=labels, random_state=0)
    training, validation, training_labels, validation_labels = parts
    return Digits(training, training_labels), Digits(validation, validation_labels)


def main() -> None:
    """Work for the sweep that the environment names until it has no more runs."""
    training, validation = load()
    sweepdeck.agent(function=lambda: train(training, validation))


if __name__ == "__main__":
    main()
