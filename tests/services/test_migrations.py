"""The migration that stands for others leaves what they leave."""

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader

APP = "sweeps_app"


def _squashed():
    ((key, migration),) = (
        (key, one)
        for key, one in MigrationLoader(None, replace_migrations=False).disk_migrations.items()
        if one.replaces
    )
    return key, migration


def test_a_new_database_has_the_tables_that_the_replaced_migrations_make():
    key, migration = _squashed()
    graph = MigrationLoader(None, replace_migrations=False).graph
    before, after = graph.make_state(nodes=[migration.replaces[-1]]), graph.make_state(nodes=[key])
    assert MigrationAutodetector(before, after)._detect_changes() == {}
    assert set(before.models) == set(after.models)


def test_it_replaces_all_that_came_before_it():
    key, migration = _squashed()
    others = sorted(
        name
        for app, name in MigrationLoader(None, replace_migrations=False).disk_migrations
        if app == APP and name != key[1]
    )
    count = len(migration.replaces)
    assert migration.replaces == [(APP, name) for name in others[:count]]
    assert all(number > count for number in (int(name[:4]) for name in others[count:]))
