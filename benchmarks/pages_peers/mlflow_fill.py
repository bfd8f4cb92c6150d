"""Fill MLflow's database: `python mlflow_fill.py RUNS DATABASE`; prints the experiment's id as JSON.

By its own tables, since its client takes 20 ms and more a run.
"""

import json
import sys
import time
import uuid
from pathlib import Path

import mlflow
from mlflow.store.tracking.dbmodels.models import SqlLatestMetric, SqlMetric, SqlParam, SqlRun, SqlTag
from mlflow.tracking import MlflowClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sweep_of_many import random_runs


def main() -> None:
    """Fill, and say where."""
    count, database = int(sys.argv[1]), f"sqlite:///{sys.argv[2]}"
    mlflow.set_tracking_uri(database)
    experiment = MlflowClient().create_experiment("bench", artifact_location="file:///tmp/none")
    now = int(time.time() * 1000)
    rows: dict[type, list[dict]] = {SqlRun: [], SqlTag: [], SqlParam: [], SqlMetric: [], SqlLatestMetric: []}
    for number, (parameters, metrics) in enumerate(random_runs(count)):
        run = uuid.uuid4().hex
        rows[SqlRun].append(
            {
                "run_uuid": run,
                "name": f"run-{number + 1}",
                "experiment_id": int(experiment),
                "status": "FINISHED",
                "lifecycle_stage": "active",
                "source_type": "LOCAL",
                "user_id": "bench",
                "start_time": now + number,
                "end_time": now + number + 1000,
                "artifact_uri": f"file:///tmp/none/{run}",
            }
        )
        # Its page fails on runs that have no tag.
        rows[SqlTag] += [
            {"run_uuid": run, "key": "mlflow.runName", "value": f"run-{number + 1}"},
            {"run_uuid": run, "key": "mlflow.user", "value": "bench"},
        ]
        rows[SqlParam] += [{"run_uuid": run, "key": key, "value": str(value)} for key, value in parameters.items()]
        figures = [
            {"run_uuid": run, "key": key, "value": value, "timestamp": now, "step": 99, "is_nan": False}
            for key, value in metrics.items()
        ]
        rows[SqlMetric] += figures
        rows[SqlLatestMetric] += figures
    with Session(create_engine(database)) as session:
        for model, values in rows.items():
            session.bulk_insert_mappings(model, values)
        session.commit()
    print(json.dumps({"experiment": experiment}))


if __name__ == "__main__":
    main()
