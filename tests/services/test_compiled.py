"""Compiled queries give what the querysets give of which they are made."""

import pytest
from django.db import connection
from django.db.models import Count

from sweeps_app.models import Run
from sweeps_app.models.compiled import CompiledQuery
from tests.concurrency import in_threads
from tests.factories import ask, make_agent, make_run, make_sweep, make_user

RELATED = ("project__entity", "sweep", "agent", "suggestion", "created_by")


def of_project(project, run_id):
    """Return the run of that id, with what belongs to it."""
    runs = Run.everything.select_related(*RELATED).filter(project__name=project, run_id=run_id, deleted_at=None)
    return runs.order_by("pk")


QUERY = CompiledQuery(of_project, texts="project run_id")


def fields(instance):
    """Return the values of all fields."""
    return (
        None if instance is None else {f.attname: getattr(instance, f.attname) for f in instance._meta.concrete_fields}
    )


@pytest.mark.django_db
def test_a_row_and_all_that_belongs_to_it_are_as_the_queryset_gives_them(django_assert_num_queries):
    user = make_user()
    handed_out = ask(make_agent(user, make_sweep(user)))
    for run in (handed_out, make_run(user, config={"lr": 0.1, "n": None}, tags=["a", "b"], notes="notes")):
        expected = of_project("demo", run.run_id).get()
        with django_assert_num_queries(1):
            found = QUERY.first(project="demo", run_id=run.run_id)
            assert fields(found) == fields(expected)
            for name in RELATED:
                first = name.partition("__")[0]
                assert fields(getattr(found, first)) == fields(getattr(expected, first))
            assert found.project.entity.name == user.username
        assert found._state.db == expected._state.db
        assert not found._state.adding


@pytest.mark.django_db
@pytest.mark.parametrize("run_id", ["none", "", "'; --", "%s", "ü" * 64])
def test_a_value_is_only_compared(run_id):
    make_run(make_user())
    assert QUERY.first(project="demo", run_id=run_id) is None


@pytest.mark.django_db
def test_integers_are_compared_whatever_their_size():
    run = make_run(make_user())
    query = CompiledQuery(lambda pk: Run.everything.filter(pk=pk).order_by(), integers="pk")
    assert query.first(pk=run.pk).run_id == run.run_id
    assert query.first(pk=2**62) is None


@pytest.mark.django_db
def test_a_changed_row_can_be_saved():
    run = make_run(make_user())
    found = QUERY.first(project="demo", run_id=run.run_id)
    found.notes = "changed"
    found.save()
    assert Run.objects.get(pk=run.pk).notes == "changed"


@pytest.mark.django_db
def test_a_parameter_that_the_query_does_not_use_is_noticed():
    query = CompiledQuery(lambda pk, name: Run.everything.filter(pk=pk), integers="pk", texts="name")
    with pytest.raises(TypeError, match="name"):
        query.first(pk=1, name="a")


@pytest.mark.django_db(transaction=True)
def test_threads_share_a_query():
    user = make_user()
    runs = [make_run(user) for _ in range(8)]
    found = in_threads(8, lambda i: [QUERY.first(project="demo", run_id=runs[i].run_id).pk for _ in range(20)])
    assert found == [[run.pk] * 20 for run in runs]


@pytest.mark.django_db
def test_values_are_as_the_queryset_lists_them():
    def listed(pk):
        runs = Run.everything.filter(pk=pk).order_by().values("project").annotate(n=Count("pk"))
        return runs.values_list("n", "config", "created_at")

    run = make_run(make_user(), config={"lr": 0.1})
    query = CompiledQuery(listed, integers="pk")
    assert query.first(pk=run.pk) == listed(run.pk).get() == (1, {"lr": 0.1}, run.created_at)
    assert query.first(pk=2**62) is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's module keeps statements by itself")
@pytest.mark.django_db
def test_postgresql_plans_a_query_once_whatever_its_values():
    def prepared():
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            return [statement for (statement,) in cursor.fetchall()]

    run = make_run(make_user())
    query = CompiledQuery(lambda pk: Run.everything.filter(pk=pk, state="running").order_by("-pk"), integers="pk")
    before = prepared()
    for pk in (run.pk, 2**40, 1):
        query.first(pk=pk)
    (added,) = [statement for statement in prepared() if statement not in before]
    # What never changes stands in the text, where the plan can make use of it.
    assert "$1" in added
    assert "$2" not in added
    assert "'running'" in added
