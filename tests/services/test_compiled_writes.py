"""Writes that are put together once store what Django's own would."""

import pytest
from django.utils import timezone

from sweeps_app.models import HistoryChunk, Project, Run, RunMetric
from sweeps_app.models.compiled_writes import insert_row, update_row, upsert_rows
from tests.concurrency import in_threads
from tests.factories import make_run, make_user

pytestmark = pytest.mark.django_db


def fields(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def new_run(user, run_id):
    project = make_run(user).project
    values = {"config": {"lr": 1e-3, "n": None, "ü": [1, "%s"]}, "tags": ["a"], "notes": "'; --", "state": "running"}
    return Run(project=project, created_by=user, run_id=run_id, started_at=timezone.now(), last_step=2**62, **values)


def metric(run, name, count=1, last=0.5):
    return RunMetric(run_id=run.pk, name=name, count=count, last=last, series=b"\x00\xff")


def test_a_new_row_is_as_save_would_have_stored_it():
    run = new_run(make_user(), "by-hand")
    assert insert_row(run)
    assert not run._state.adding
    twin = Run(**fields(run) | {"run_id": "by-save"})
    twin.save()
    stored, expected = Run.objects.get(pk=run.pk), Run.objects.get(pk=twin.pk)
    assert fields(stored) == fields(expected) | {"run_id": "by-hand"}


def test_bytes_come_back():
    run = make_run(make_user())
    chunk = HistoryChunk(run=run, first_row=0, rows=1, min_step=0, max_step=0, data=bytes(range(256)))
    assert insert_row(chunk)
    assert bytes(HistoryChunk.objects.get(pk=chunk.pk).data) == bytes(range(256))


def test_a_row_that_is_there_is_left_out_and_the_transaction_goes_on():
    user = make_user()
    first, second = new_run(user, "once"), new_run(user, "once")
    assert insert_row(first, ignore_conflict=True)
    assert not insert_row(second, ignore_conflict=True)
    assert second.pk is None
    assert Run.objects.filter(run_id="once").count() == 1


def test_an_update_changes_what_it_names_and_nothing_else():
    run, other = make_run(make_user()), make_run(make_user("eve"))
    run.notes, run.last_step, run.summary, run.host = "new", None, {"loss": 0.1}, "unsaved"
    update_row(run, ["notes", "last_step", "summary"])
    stored = Run.objects.get(pk=run.pk)
    assert (stored.notes, stored.last_step, stored.summary) == ("new", None, {"loss": 0.1})
    assert stored.host != "unsaved"
    assert Run.objects.get(pk=other.pk).notes != "new"


def test_an_update_of_a_row_that_is_gone_says_so():
    run = make_run(make_user())
    Run.everything.filter(pk=run.pk).delete()
    with pytest.raises(Run.DoesNotExist):
        update_row(run, ["notes"])


def test_an_upsert_adds_and_replaces_however_many_rows_there_are():
    run = make_run(make_user())
    upsert_rows([metric(run, "kept"), metric(run, "m0")], unique="run name", updated="count last series")
    upsert_rows([metric(run, f"m{n}", 2, None) for n in range(700)], unique="run name", updated="count last series")
    counts = dict(run.metrics.values_list("name", "count"))
    assert counts == {"kept": 1} | {f"m{n}": 2 for n in range(700)}
    upsert_rows([], unique="run name", updated="count")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_a_run_at_once_one_does():
    user = make_user()
    runs = [new_run(user, "once") for _ in range(6)]
    made = in_threads(6, lambda i: insert_row(runs[i], ignore_conflict=True))
    assert made.count(True) == 1
    assert Run.objects.filter(run_id="once").count() == 1
    assert Project.objects.get().pk == runs[0].project_id
