"""Fill Optuna's database: `python optuna_fill.py RUNS DATABASE`; prints the study's id as JSON.

By its own tables, since `add_trials` takes some 10 ms a trial. Two of the three metrics are user attributes, as a study
of one objective has them.
"""

import datetime
import json
import sys
from pathlib import Path

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.storages import RDBStorage
from optuna.storages._rdb import models
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sweep_of_many import random_runs

DISTRIBUTIONS = {
    **{f"p{i}": FloatDistribution(0, 1) for i in range(6)},
    "x": FloatDistribution(-1, 1),
    "lr": FloatDistribution(1e-5, 1e-1, log=True),
    "layers": IntDistribution(1, 4),
    "optimizer": CategoricalDistribution(("adam", "lion", "sgd")),
}


def main() -> None:
    """Fill, and say where."""
    count, database = int(sys.argv[1]), f"sqlite:///{sys.argv[2]}"
    study = optuna.create_study(storage=RDBStorage(database), study_name="bench", direction="minimize")
    as_json = {name: distribution_to_json(distribution) for name, distribution in DISTRIBUTIONS.items()}
    begin = datetime.datetime.now(tz=datetime.UTC).replace(tzinfo=None)
    rows: dict[type, list[dict]] = {
        models.TrialModel: [],
        models.TrialParamModel: [],
        models.TrialValueModel: [],
        models.TrialUserAttributeModel: [],
    }
    for number, (parameters, metrics) in enumerate(random_runs(count)):
        trial = number + 1
        rows[models.TrialModel].append(
            {
                "trial_id": trial,
                "number": number,
                "study_id": study._study_id,
                "state": optuna.trial.TrialState.COMPLETE,
                "datetime_start": begin + datetime.timedelta(seconds=number),
                "datetime_complete": begin + datetime.timedelta(seconds=number + 1),
            }
        )
        rows[models.TrialParamModel] += [
            {
                "trial_id": trial,
                "param_name": name,
                "param_value": DISTRIBUTIONS[name].to_internal_repr(value),
                "distribution_json": as_json[name],
            }
            for name, value in parameters.items()
        ]
        rows[models.TrialValueModel].append(
            {
                "trial_id": trial,
                "objective": 0,
                "value": metrics["loss"],
                "value_type": models.TrialValueModel.TrialValueType.FINITE,
            }
        )
        rows[models.TrialUserAttributeModel] += [
            {"trial_id": trial, "key": key, "value_json": json.dumps(metrics[key])} for key in ("accuracy", "f1")
        ]
    with Session(create_engine(database)) as session:
        for model, values in rows.items():
            session.bulk_insert_mappings(model, values)
        session.commit()
    print(json.dumps({"study": study._study_id}))


if __name__ == "__main__":
    main()
