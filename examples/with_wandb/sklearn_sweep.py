"""A sweep over a model of scikit-learn through the unmodified wandb client; needs wandb and scikit-learn."""

import wandb
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score

SWEEP = {
    "name": "forest on digits",
    "method": "bayes",
    "metric": {"name": "accuracy", "goal": "maximize"},
    "parameters": {
        "n_estimators": {"values": [10, 20, 40]},
        "max_depth": {"min": 2, "max": 12},
        "max_features": {"min": 0.1, "max": 0.9},
    },
}


def train():
    """Measure one configuration."""
    run = wandb.init()
    images, digits = load_digits(return_X_y=True)
    model = RandomForestClassifier(**dict(run.config), random_state=0)
    scores = cross_val_score(model, images[:600], digits[:600], cv=3)
    run.log({"accuracy": scores.mean(), "spread": scores.std()})


if __name__ == "__main__":
    sweep_id = wandb.sweep(SWEEP, project="wandb-examples")
    wandb.agent(sweep_id, function=train, project="wandb-examples", count=3)
