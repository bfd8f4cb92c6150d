"""Make suggestions ahead, so that an agent that asks is answered at once whatever the method costs.

Computing holds no lock: a first transaction takes a lease and the numbers, and each suggestion is stored as soon as it
is made, in place of one that knew less. Whoever changes what a search knows rings; one worker at a time answers for a
sweep.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sweeps_app.models import Agent, Suggestion, Sweep, SweepVersion
from sweeps_app.search.distributions import json_key
from sweeps_app.search.request import Suggested
from sweeps_app.selectors.trials import Basis, basis_now, trials_known
from sweeps_app.services.bell import is_prepared, is_preparing, prepare_ring, sweep_wake
from sweeps_app.services.making import current_version, suggestions_in_turn
from sweeps_app.services.repeated import is_repeated
from sweeps_app.services.sweeps import sweep_exhaust

LEASE = timedelta(seconds=15)
MIN_DEPTH, MAX_DEPTH = 2, 32
# An agent is given the best informed one, so only a few have to know the newest result; others are a reserve.
FRESH = 2
# Results are read anew after so many suggestions.
BATCH = 8
# After so many rounds the next message goes on, so that other sweeps get their turn.
MAX_ROUNDS = 10


@dataclass(frozen=True)
class _Plan:
    """What to make: the sweep as it was, the numbers taken for it, what was known, and what it is to replace."""

    sweep: Sweep
    version: SweepVersion
    numbers: range
    basis: Basis
    replaced: tuple[int, ...]


def suggestions_prepare(*, sweep_id: int) -> int:
    """Make what is due for the sweep with this primary key; return how many suggestions that were."""
    made = 0
    for _ in range(MAX_ROUNDS):
        plan = _begin(sweep_id)
        if plan is None:
            return made
        stored = _carry_out(plan)
        if not stored:
            return made
        made += stored
    with transaction.atomic():
        prepare_ring(sweep=Sweep.objects.select_for_update().get(pk=sweep_id))
    return made


@transaction.atomic
def _begin(sweep_id: int) -> _Plan | None:
    sweep = Sweep.objects.select_for_update().filter(pk=sweep_id).first()
    if sweep is None or not is_prepared(sweep) or is_preparing(sweep):
        return None
    sweep.rung_at = None
    sweep.save(update_fields=["rung_at"])
    if sweep.state not in (Sweep.State.PENDING, Sweep.State.RUNNING) or sweep.is_exhausted:
        return None
    depth = _depth(sweep)
    stalest = _waiting(sweep)
    count = min(_missing(sweep, depth, stalest), BATCH)
    if count <= 0:
        return None
    replaced = tuple(s.number for s in stalest[: max(len(stalest) + count - depth, 0)])
    known = basis_now(sweep)
    basis = Basis(known.results, tuple(n for n in known.pending if n not in replaced), known.values)
    first = sweep.next_number
    sweep.next_number += count
    sweep.preparing_until = timezone.now() + LEASE
    sweep.save(update_fields=["next_number", "preparing_until"])
    return _Plan(sweep, current_version(sweep), range(first, first + count), basis, replaced)


def _depth(sweep: Sweep) -> int:
    """Return how many suggestions are to be ready: one for each agent, but not more than may still start."""
    agents = sweep.agents.filter(state=Agent.State.ACTIVE).count()
    depth = min(max(agents, MIN_DEPTH), MAX_DEPTH)
    return depth if sweep.run_cap is None else min(depth, max(sweep.run_cap - sweep.handed_out, 0))


def _missing(sweep: Sweep, depth: int, stalest: list[Suggestion]) -> int:
    """Return how many suggestions are to be made: for an empty place, a newer result, or one that is far behind."""
    behind = [sweep.result_count - s.basis["results"] for s in stalest]
    fresh = behind.count(0)
    outdated = len([results for results in behind if results > depth])
    return max(depth - len(stalest), min(FRESH, depth) - fresh, outdated)


def _waiting(sweep: Sweep) -> list[Suggestion]:
    """Return the prepared suggestions, the least informed first."""
    return sorted(_prepared(sweep), key=lambda s: (s.basis["results"], s.number))


def _prepared(sweep: Sweep) -> QuerySet[Suggestion]:
    return sweep.suggestions.filter(state=Suggestion.State.PREPARED, version=sweep.version)


def _carry_out(plan: _Plan) -> int:
    """Make and store the planned suggestions, and give the lease back; return how many were looked at."""
    basis, made = plan.basis, 0
    trials = trials_known(plan.sweep, basis, plan.version)
    try:
        for found in suggestions_in_turn(plan.sweep, plan.version, plan.numbers, trials):
            made += 1
            if not _store(plan, found, basis):
                break
            basis = Basis(basis.results, (*basis.pending, found.number), basis.values)
        if not made:
            _note_exhaustion(plan)
    finally:
        Sweep.objects.filter(pk=plan.sweep.pk).update(preparing_until=None)
    return made


@transaction.atomic
def _note_exhaustion(plan: _Plan) -> None:
    """End a sweep whose space is used up, once what was prepared has been handed out."""
    sweep = Sweep.objects.select_for_update().get(pk=plan.sweep.pk)
    if _is_as_planned(plan, sweep) and not _prepared(sweep).exists():
        sweep_exhaust(sweep=sweep)


def _is_as_planned(plan: _Plan, sweep: Sweep) -> bool:
    return sweep.version == plan.sweep.version and sweep.state in (Sweep.State.PENDING, Sweep.State.RUNNING)


@transaction.atomic
def _store(plan: _Plan, found: Suggested, basis: Basis) -> bool:
    """Store a suggestion in place of one that knew less; return whether the next one may be made in its knowledge."""
    sweep = Sweep.objects.select_for_update().get(pk=plan.sweep.pk)
    if not _is_as_planned(plan, sweep):
        return False
    key = json_key(found.config)
    older = list(_prepared(sweep).filter(number__in=plan.replaced).order_by("number"))
    dropped = [s for s in older if json_key(s.config) == key] or _stalest(sweep, older)
    Suggestion.objects.filter(pk__in=[s.pk for s in dropped]).update(state=Suggestion.State.DROPPED)
    if is_repeated(sweep, found.config, basis):
        return False
    Suggestion.objects.create(
        sweep=sweep,
        number=found.number,
        version=sweep.version,
        state=Suggestion.State.PREPARED,
        config=found.config,
        why=found.why,
        basis=basis.to_json(),
    )
    sweep_wake(sweep=sweep)
    Sweep.objects.filter(pk=sweep.pk).update(preparing_until=timezone.now() + LEASE)
    # One of those to be replaced has been handed out in the meantime: what comes next has to know of it.
    return not Suggestion.objects.filter(sweep=sweep, number__in=plan.replaced, state=Suggestion.State.CLAIMED).exists()


def _stalest(sweep: Sweep, older: list[Suggestion]) -> list[Suggestion]:
    """Return the one to drop where all places are taken."""
    excess = _prepared(sweep).count() + 1 - _depth(sweep)
    return sorted(older, key=lambda s: (s.basis["results"], s.number))[: max(excess, 0)]
