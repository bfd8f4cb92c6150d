"""MLflow's client against its server: `log_metrics` a step, `log_batch` with as many values as one call may have."""

import time

from mlflow.entities import Metric
from mlflow.tracking import MlflowClient
from protocol import work

MOST = 1_000


class Client:
    """As a training script uses it, without the global state of the fluent API."""

    def __init__(self, address: str) -> None:
        self._client = MlflowClient(address)
        found = self._client.get_experiment_by_name("bench")
        self._experiment = found.experiment_id if found else self._client.create_experiment("bench")

    def begin(self) -> None:
        self._run = self._client.create_run(self._experiment).info.run_id

    def log(self, values: dict[str, float], step: int) -> None:
        self.log_batch([values], step)

    def log_batch(self, rows: list[dict[str, float]], first_step: int) -> None:
        now = int(time.time() * 1000)
        metrics = [Metric(k, v, now, first_step + n) for n, row in enumerate(rows) for k, v in row.items()]
        for first in range(0, len(metrics), MOST):
            self._client.log_batch(self._run, metrics=metrics[first : first + MOST])

    def end(self) -> None:
        self._client.set_terminated(self._run)


work(Client)
