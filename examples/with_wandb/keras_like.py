"""A training loop with callbacks, as in Keras, which log through the unmodified wandb client; needs wandb and numpy."""

import numpy as np
import wandb


class WandbCallback:
    """Logs what a loop tells at the end of each epoch."""

    def on_epoch_end(self, epoch, logs):
        """Log the epoch's losses under their names."""
        wandb.log({"epoch": epoch, **logs})


def fit(features, labels, *, rate, epochs, callbacks):
    """Fit logistic regression by gradient descent."""
    weights = np.zeros(features.shape[1])
    for epoch in range(epochs):
        chances = 1 / (1 + np.exp(-features @ weights))
        weights -= rate * features.T @ (chances - labels) / len(labels)
        logs = {
            "loss": float(-np.mean(np.log(np.where(labels == 1, chances, 1 - chances) + 1e-9))),
            "accuracy": float(np.mean((chances > 0.5) == labels)),
        }
        for callback in callbacks:
            callback.on_epoch_end(epoch, logs)


def main():
    """Train once."""
    random = np.random.default_rng(0)
    features = random.normal(size=(500, 4))
    labels = (features @ np.array([1.0, -2.0, 0.5, 0.0]) > 0).astype(int)
    with wandb.init(project="wandb-examples", name="keras-like", config={"rate": 0.5, "epochs": 30}) as run:
        fit(features, labels, rate=run.config["rate"], epochs=run.config["epochs"], callbacks=[WandbCallback()])


if __name__ == "__main__":
    main()
