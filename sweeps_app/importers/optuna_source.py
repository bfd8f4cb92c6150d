"""Trials of an Optuna study, read by Optuna itself, which knows each of its storages and their versions."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.storages.journal import JournalFileBackend
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from sweeps_app.errors import InvalidInput, NotFound
from sweeps_app.importers.source import SourceRun

_STATES = {TrialState.COMPLETE: "finished", TrialState.PRUNED: "stopped_early", TrialState.FAIL: "failed"}
Parameter = dict[str, Any]


def study_open(storage: str, name: str) -> optuna.Study:
    """Return a study of a storage (a database's address, or the path of a journal); raises `NotFound`."""
    optuna.logging.set_verbosity(logging.WARNING)
    try:
        return optuna.load_study(study_name=name, storage=_storage(storage))
    except KeyError:
        raise NotFound(f"no study '{name}' in {storage}") from None
    except Exception as error:  # each storage has errors of its own
        raise InvalidInput.of("storage", f"cannot be read by Optuna: {error}") from None


def study_trials(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that have begun, by number."""
    trials = study.get_trials(deepcopy=False)
    return sorted((t for t in trials if t.state != TrialState.WAITING), key=lambda trial: trial.number)


def study_request_id(study: optuna.Study, storage: str) -> str:
    """Return what tells the study's sweep from those of other studies."""
    return "optuna-" + hashlib.sha256(f"{storage}\x1f{study.study_name}".encode()).hexdigest()[:32]


def study_config(study: optuna.Study, trials: Sequence[FrozenTrial]) -> dict[str, Any]:
    """Return the configuration of a sweep over the parameters that every trial has, wide enough for all trials.

    Parameters that only some trials have are in their runs' configurations, but in no space that holds for all.
    """
    names = metric_names(study)
    goals = ["maximize" if d == StudyDirection.MAXIMIZE else "minimize" for d in study.directions]
    metrics = [{"name": name, "goal": goal} for name, goal in zip(names, goals, strict=True)]
    found = {name: [trial.distributions[name] for trial in trials] for name in common_parameters(trials)}
    if not found:
        raise InvalidInput.of("study", "has no parameter that all of its trials have")
    return {
        "method": "custom",
        "name": study.study_name[:200],
        "description": "Imported from Optuna.",
        **({"metric": metrics[0]} if len(metrics) == 1 else {"metrics": metrics}),
        "parameters": {name: _parameter(distributions) for name, distributions in found.items()},
    }


def common_parameters(trials: Sequence[FrozenTrial]) -> list[str]:
    """Return the names of the parameters that all trials have."""
    common = set.intersection(*(set(trial.params) for trial in trials)) if trials else set()
    return sorted(common)


def metric_names(study: optuna.Study) -> list[str]:
    """Return the names of the study's objectives."""
    if study.metric_names:
        return list(study.metric_names)
    count = len(study.directions)
    return ["value"] if count == 1 else [f"value_{i}" for i in range(count)]


def trial_run(study: optuna.Study, trial: FrozenTrial, run_id: str) -> SourceRun:
    """Return a trial as a run; what it reported at each step is its history."""
    names = metric_names(study)
    values = trial.values or ([] if trial.state != TrialState.PRUNED else _last_reported(trial))
    attributes = {f"user_attrs.{name}": value for name, value in trial.user_attrs.items()}
    return SourceRun(
        key=run_id,
        name=f"trial-{trial.number}",
        state=_STATES.get(trial.state, "running"),
        config=trial.params,
        summary=dict(zip(names, values, strict=False)) | attributes,
        rows=[{"_step": step, names[0]: value} for step, value in sorted(trial.intermediate_values.items())],
        started_at=_moment(trial.datetime_start),
        finished_at=_moment(trial.datetime_complete),
    )


def _storage(address: str) -> Any:
    if "://" in address:
        return address
    return optuna.storages.JournalStorage(JournalFileBackend(address))


def _last_reported(trial: FrozenTrial) -> list[float]:
    return [trial.intermediate_values[max(trial.intermediate_values)]] if trial.intermediate_values else []


def _parameter(distributions: Iterable[BaseDistribution]) -> Parameter:
    """Return the parameter that holds the values of all these distributions."""
    found = list({str(distribution): distribution for distribution in distributions}.values())
    if all(isinstance(distribution, CategoricalDistribution) for distribution in found):
        return {"values": list(_unique(choice for d in found for choice in d.choices))}  # type: ignore[attr-defined]
    numbers = [d for d in found if isinstance(d, FloatDistribution | IntDistribution)]
    if len(numbers) < len(found):
        raise InvalidInput.of("study", "has a parameter that is a number in some trials and a choice in others")
    low, high = min(d.low for d in numbers), max(d.high for d in numbers)
    if low == high:
        return {"value": low}
    is_log = all(d.log for d in numbers)
    if all(isinstance(d, IntDistribution) for d in numbers):
        return {"distribution": "q_log_uniform_values" if is_log else "int_uniform", "min": low, "max": high}
    return {"distribution": "log_uniform_values" if is_log else "uniform", "min": float(low), "max": float(high)}


def _unique(values: Iterable[Any]) -> Iterator[Any]:
    """Yield each value once; True and 1 are different choices."""
    seen = set()
    for value in values:
        if (type(value), value) not in seen:
            seen.add((type(value), value))
            yield value


def _moment(naive: datetime | None) -> datetime | None:
    """Return a time of Optuna, which is that of the machine's clock, with its zone."""
    return naive.astimezone() if naive is not None else None
