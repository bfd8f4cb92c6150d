import sqlite3

import pytest
from django.core.management import call_command
from django.db import connection

from sweeps_app.models import HistoryChunk
from sweeps_app.services import space
from sweeps_app.services.space import space_give_back
from tests.factories import make_run, make_user

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reuses space by itself")


def _fill(run, chunks):
    HistoryChunk.objects.bulk_create(
        HistoryChunk(run=run, first_row=i, rows=1, min_step=i, max_step=i, data=bytes(100_000)) for i in range(chunks)
    )


def _pages():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        return cursor.fetchone()[0]


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_the_file_shrinks_by_what_was_deleted_but_for_what_is_kept_free(monkeypatch):
    monkeypatch.setattr(space, "KEEP_PAGES", 16)
    run = make_run(make_user())
    _fill(run, 50)
    full = _pages()
    assert space_give_back() == 0
    HistoryChunk.objects.all().delete()
    given = space_give_back()
    assert given > 4_500_000
    assert full - _pages() == given // 4096
    assert space_give_back() == 0


@on_sqlite
@pytest.mark.django_db
def test_a_new_database_can_shrink_and_an_older_one_can_after_compact(tmp_path, monkeypatch):
    with sqlite3.connect(tmp_path / "old") as older:
        older.execute("CREATE TABLE t (x)")
    modes = []
    for name in ("new", "old"):
        database = connection.copy()
        database.settings_dict["NAME"] = str(tmp_path / name)
        monkeypatch.setattr(space, "connection", database)
        with database.cursor() as cursor:
            cursor.execute("CREATE TABLE u (x)")
        modes.append(space._pragma("auto_vacuum"))
        space.database_compact()
        modes.append(space._pragma("auto_vacuum"))
        database.close()
    assert modes == [2, 2, 0, 2]


@pytest.mark.django_db(transaction=True)
def test_compact_leaves_what_is_there(capsys):
    run = make_run(make_user())
    _fill(run, 3)
    call_command("compact")
    assert "compact" in capsys.readouterr().out
    assert [bytes(chunk.data) for chunk in HistoryChunk.objects.all()] == [bytes(100_000)] * 3
