"""Make suggestions ahead, so that an agent that asks is answered at once whatever the method costs.

Computing holds no lock: a first transaction takes a lease and the numbers, a last one stores what was found, in place
of suggestions that knew less. Whoever changes what a search knows rings; one worker at a time answers for a sweep.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from sweeps_app.config.celery import app
from sweeps_app.models import Agent, Suggestion, Sweep, SweepVersion
from sweeps_app.search.request import Suggested
from sweeps_app.search.trials import Trial
from sweeps_app.selectors.trials import Basis, basis_now, trials_known
from sweeps_app.services.making import current_version, is_left_to_others, is_slow, suggestion_make
from sweeps_app.services.repeated import is_repeated

PREPARE_SUGGESTIONS = "sweeps_app.tasks.prepare_suggestions"
LEASE = timedelta(seconds=15)
BELL_SECONDS = 60
MIN_DEPTH, MAX_DEPTH = 2, 32
# After so many rounds the next message goes on, so that other sweeps get their turn.
MAX_ROUNDS = 10


@dataclass(frozen=True)
class _Plan:
    """What to make: the sweep as it was, the numbers taken for it, and what was known."""

    sweep: Sweep
    version: SweepVersion
    numbers: range
    basis: Basis


@dataclass(frozen=True)
class _Made:
    found: Suggested
    basis: Basis


def prepare_ring(*, sweep: Sweep) -> None:
    """Ask a worker to bring the sweep's prepared suggestions up to date, unless one is at it."""
    if not _is_prepared(sweep) or (sweep.preparing_until is not None and sweep.preparing_until > timezone.now()):
        return
    transaction.on_commit(
        lambda: app.send_task(PREPARE_SUGGESTIONS, kwargs={"sweep_id": sweep.pk}, expires=BELL_SECONDS), robust=True
    )


def suggestions_prepare(*, sweep_id: int) -> int:
    """Make what is due for the sweep with this primary key; return how many suggestions that were."""
    made = 0
    for _ in range(MAX_ROUNDS):
        plan = _begin(sweep_id)
        if plan is None:
            return made
        stored = _store(plan, list(_computed(plan)))
        if not stored:
            return made
        made += stored
    prepare_ring(sweep=Sweep.objects.get(pk=sweep_id))
    return made


def _is_prepared(sweep: Sweep) -> bool:
    return is_slow(sweep) and not is_left_to_others(sweep)


@transaction.atomic
def _begin(sweep_id: int) -> _Plan | None:
    sweep = Sweep.objects.select_for_update().filter(pk=sweep_id).first()
    now = timezone.now()
    if sweep is None or not _is_prepared(sweep) or sweep.state not in (Sweep.State.PENDING, Sweep.State.RUNNING):
        return None
    if sweep.is_exhausted or (sweep.preparing_until is not None and sweep.preparing_until > now):
        return None
    fresh = [s.number for s in _waiting(sweep) if _is_fresh(s, sweep)]
    missing = _depth(sweep) - len(fresh)
    if missing <= 0:
        return None
    stale = {s.number for s in _waiting(sweep) if not _is_fresh(s, sweep)}
    known = basis_now(sweep)
    basis = Basis(known.results, tuple(n for n in known.pending if n not in stale), known.values)
    first = sweep.next_number
    sweep.next_number += missing
    sweep.preparing_until = now + LEASE
    sweep.save(update_fields=["next_number", "preparing_until"])
    return _Plan(sweep, current_version(sweep), range(first, first + missing), basis)


def _depth(sweep: Sweep) -> int:
    """Return how many suggestions are to be ready: one for each agent, but not more than may still start."""
    agents = sweep.agents.filter(state=Agent.State.ACTIVE).count()
    depth = min(max(agents, MIN_DEPTH), MAX_DEPTH)
    return depth if sweep.run_cap is None else min(depth, max(sweep.run_cap - sweep.handed_out, 0))


def _waiting(sweep: Sweep) -> list[Suggestion]:
    return list(sweep.suggestions.filter(state=Suggestion.State.PREPARED).order_by("number"))


def _is_fresh(suggestion: Suggestion, sweep: Sweep) -> bool:
    is_informed = Basis.from_json(suggestion.basis).results == sweep.result_count
    return is_informed and suggestion.version == sweep.version


def _computed(plan: _Plan) -> Iterator[_Made]:
    """Yield the suggestions one by one, each made in the knowledge of those before it."""
    sweep, basis = plan.sweep, plan.basis
    trials = trials_known(sweep, basis, plan.version)
    for number in plan.numbers:
        found = suggestion_make(sweep, plan.version, number, trials)
        if found is None:
            return
        yield _Made(found, basis)
        trials.append(Trial(found.number, found.config, "running"))
        basis = Basis(basis.results, (*basis.pending, found.number), basis.values)
        Sweep.objects.filter(pk=sweep.pk).update(preparing_until=timezone.now() + LEASE)


@transaction.atomic
def _store(plan: _Plan, made: list[_Made]) -> int:
    """Store what was made in place of what knew less, and give the lease back; return how many were stored."""
    sweep = Sweep.objects.select_for_update().get(pk=plan.sweep.pk)
    Sweep.objects.filter(pk=sweep.pk).update(preparing_until=None)
    if sweep.version != plan.sweep.version:
        return len(made)
    kept = [m for m in made if not is_repeated(sweep, m.found.config, m.basis)]
    Suggestion.objects.bulk_create(
        Suggestion(
            sweep=sweep,
            number=m.found.number,
            version=sweep.version,
            state=Suggestion.State.PREPARED,
            config=m.found.config,
            why=m.found.why,
            basis=m.basis.to_json(),
        )
        for m in kept
    )
    older = Q(basis__results__lt=plan.basis.results) | Q(version__lt=F("sweep__version"))
    replaced = sweep.suggestions.filter(older, state=Suggestion.State.PREPARED).order_by("number")
    dropped = list(replaced.values_list("pk", flat=True))
    Suggestion.objects.filter(pk__in=dropped).update(state=Suggestion.State.DROPPED)
    return len(made)
