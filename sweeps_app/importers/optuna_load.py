"""Store an Optuna study as a sweep: each trial is a posted suggestion and the run that tried it."""

import hashlib
from collections.abc import Sequence

import optuna
from optuna.trial import FrozenTrial

from sweeps_app.errors import InvalidInput
from sweeps_app.importers.load import Loaded, runs_load
from sweeps_app.importers.optuna_source import (
    common_parameters,
    study_config,
    study_request_id,
    study_trials,
    trial_run,
)
from sweeps_app.models import Agent, Run, Sweep, User
from sweeps_app.services.agents import agent_exit, agent_register
from sweeps_app.services.editing import sweep_edit
from sweeps_app.services.posting import MAX_POSTED, Posted, suggestions_post
from sweeps_app.services.suggestions import suggestion_claim
from sweeps_app.services.sweeps import sweep_control, sweep_create


def study_load(
    *, user: User, entity_name: str, project_name: str, study: optuna.Study, storage: str
) -> tuple[Sweep, Loaded]:
    """Store a study and return its sweep, paused, and what came of its trials; a second time adds what is new.

    Raises `InvalidInput` for a study without trials or whose parameters have no common space.
    """
    trials = study_trials(study)
    if not trials:
        raise InvalidInput.of("study", "has no trials yet")
    sweep = _sweep(user, entity_name, project_name, study, storage, trials)
    agent_id = hashlib.sha256(f"optuna {sweep.sweep_id}".encode()).hexdigest()[:32]
    agent, _ = agent_register(user=user, sweep=sweep, agent_id=agent_id, name="Optuna")
    loaded = Loaded()
    names = common_parameters(trials)
    for start in range(0, len(trials), MAX_POSTED):
        part = trials[start : start + MAX_POSTED]
        posted = [Posted(_request(trial), {name: trial.params[name] for name in names}) for trial in part]
        suggestions_post(sweep=sweep, posted=posted)
        runs = (trial_run(study, trial, _claimed(agent, trial).run_id) for trial in part)
        runs_load(
            user=user,
            entity_name=sweep.project.entity.name,
            project_name=sweep.project.name,
            runs=runs,
            count=loaded,
        )
    agent_exit(agent=agent, reason="the study was imported")
    return sweep_control(sweep=sweep, action="pause"), loaded


def _sweep(
    user: User, entity: str, project: str, study: optuna.Study, storage: str, trials: Sequence[FrozenTrial]
) -> Sweep:
    config = study_config(study, trials)
    result = sweep_create(
        user=user,
        config=config,
        entity_name=entity,
        project_name=project,
        request_id=study_request_id(study, storage),
    )
    if result.created:
        return result.sweep
    if result.sweep.state == Sweep.State.PAUSED:
        sweep_control(sweep=result.sweep, action="resume")
    # Later trials may have gone beyond what the first ones had.
    return sweep_edit(sweep=result.sweep, user=user, config=config).sweep


def _claimed(agent: Agent, trial: FrozenTrial) -> Run:
    """Return the run of a trial: claimed in the order in which trials were posted, and the same one again."""
    claim = suggestion_claim(agent=agent, request_id=_request(trial))
    if claim.run is None:
        raise InvalidInput.of("study", f"cannot be stored: {claim.reason}")
    return claim.run


def _request(trial: FrozenTrial) -> str:
    return f"trial-{trial.number}"
