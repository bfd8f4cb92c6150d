"""Made-up sweeps for the parallel coordinates, shaped like the tuning of a language model."""

import base64
from typing import Any

import numpy as np

LABELS = {
    "optimizer.name": ["adamw", "adam", "lion", "sgd_momentum", "rmsprop"],
    "schedule": ["cosine_with_warm_restarts", "linear", "constant"],
    "augment": ["false", "true"],
}
LOG = {"optimizer.learning_rate", "optimizer.weight_decay", "batch_size", "model.width"}


def encode(values: np.ndarray) -> str:
    """Base64 of little-endian doubles."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode()


def as_list(values: np.ndarray) -> list[float | None]:
    """A plain list, None where a value is missing."""
    return [None if np.isnan(value) else float(value) for value in values]


def sweep_columns(count: int, seed: int = 7) -> dict[str, np.ndarray]:
    """12 parameters and val_loss of `count` runs: categories are indexes into LABELS, failed runs have no loss."""
    rng = np.random.default_rng(seed)

    def log_uniform(low: float, high: float) -> np.ndarray:
        return np.exp(rng.uniform(np.log(low), np.log(high), count))

    optimizer = rng.integers(0, 5, count)
    columns = {
        "optimizer.learning_rate": log_uniform(1e-5, 1e-1),
        "optimizer.weight_decay": log_uniform(1e-6, 1e-1),
        "optimizer.name": optimizer,
        "optimizer.momentum": np.where(optimizer == 3, rng.uniform(0.5, 0.99, count), np.nan),
        "schedule": rng.integers(0, 3, count),
        "warmup_steps": np.round(rng.uniform(0, 2000, count)),
        "batch_size": rng.choice([16.0, 32, 64, 128, 256], count),
        "model.layers": rng.integers(2, 13, count),
        "model.width": np.round(log_uniform(64, 2048)),
        "dropout": rng.uniform(0, 0.6, count),
        "label_smoothing": rng.uniform(0, 0.2, count),
        "augment": rng.integers(0, 2, count),
    }
    rate = columns["optimizer.learning_rate"]
    columns["val_loss"] = (
        0.9
        + 0.22 * (np.log10(rate) + 3 + 0.5 * (optimizer == 3)) ** 2
        + 0.5 * (columns["dropout"] - 0.15) ** 2
        - 0.04 * np.log2(columns["model.width"] / 64)
        + 0.03 * (np.log10(columns["optimizer.weight_decay"]) + 3) ** 2
        + 0.1 * columns["augment"]
        + rng.gamma(2, 0.05, count)
    )
    columns["val_loss"][rng.random(count) < 0.02 + 0.15 * (rate > 3e-2)] = np.nan
    return columns


def sample_sweep(count: int, *, joined: int = 0) -> dict[str, Any]:
    """What the chart's setData takes; `joined` more runs come last, with the values of the first ones."""
    columns = {name: np.concatenate([values, values[:joined]]) for name, values in sweep_columns(count).items()}
    loss = columns["val_loss"]
    numbers = range(len(loss))
    return {
        "axes": [_axis(name, values) for name, values in columns.items()],
        "color": {"name": "val_loss", "values": encode(loss), "goal": "minimize"},
        "runs": {
            "ids": [f"run{i:06d}" for i in numbers],
            "names": [f"brisk-sweep-{i + 1}" for i in numbers],
            "states": ["failed" if bad else "finished" for bad in np.isnan(loss)],
            "urls": [f"/team/demo/runs/run{i:06d}" for i in numbers],
        },
        "total": len(loss),
        "shown": len(loss),
    }


def _axis(name: str, values: np.ndarray) -> dict[str, Any]:
    axis = {"name": name, "label": name, "kind": "number", "log": name in LOG, "values": encode(values)}
    return axis | ({"kind": "category", "labels": LABELS[name]} if name in LABELS else {})
