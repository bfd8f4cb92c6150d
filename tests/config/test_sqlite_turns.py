"""Writers of one process take turns in the order of their arrival, and give them back whatever happens."""

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from sweeps_app.config.sqlite.base import _turns
from sweeps_app.config.sqlite.turns import Turns
from sweeps_app.models import User
from tests.concurrency import in_threads

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own backend")


def _queued(turns, count):
    """Start threads that note their number once it is their turn, each waiting before the next one comes."""
    order, threads = [], []

    def work(i):
        assert turns.acquire(60)
        order.append(i)
        turns.release()

    for i in range(count):
        threads.append(threading.Thread(target=work, args=(i,)))
        threads[-1].start()
        while len(turns._waiting) <= i:
            time.sleep(0.001)
    return order, threads


def test_turns_come_in_the_order_of_arrival():
    turns = Turns()
    assert turns.acquire(1)
    order, threads = _queued(turns, 20)
    turns.release()
    for thread in threads:
        thread.join()
    assert order == list(range(20))
    assert turns.acquire(0)


def test_who_gives_up_waiting_is_passed_over():
    turns = Turns()
    assert turns.acquire(1)
    assert not turns.acquire(0.01)
    order, (thread,) = _queued(turns, 1)
    turns.release()
    thread.join()
    assert order == [0]
    assert turns.acquire(0)
    assert not turns.acquire(0)


def test_many_threads_hold_it_one_at_a_time():
    turns, inside, most = Turns(), [], []

    def work(i):
        for _ in range(200):
            assert turns.acquire(60)
            inside.append(i)
            most.append(len(inside))
            inside.pop()
            turns.release()

    in_threads(8, work)
    assert set(most) == {1}


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_a_transaction_waits_in_line_for_another_of_its_process():
    line = _turns[str(connection.settings_dict["NAME"])]
    names, has_begun = [], threading.Event()

    def work(i):
        if i == 0:
            with transaction.atomic():
                has_begun.set()
                while not line._waiting:
                    time.sleep(0.001)
                names.append("first")
        else:
            has_begun.wait()
            with transaction.atomic():
                names.append("second")

    in_threads(2, work)
    assert names == ["first", "second"]
    assert not line._is_taken


@sqlite_only
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["error", "close", "broken commit"])
def test_the_turn_is_given_back_however_a_transaction_ends(end, monkeypatch):
    def fail():
        raise OperationalError(end)

    def spoiled():
        with transaction.atomic():
            User.objects.create(username="lost")
            if end == "close":
                connection.close()
            if end == "broken commit":
                monkeypatch.setattr(connection, "commit", fail)
                return
            fail()

    with pytest.raises(OperationalError):
        spoiled()
    monkeypatch.undo()
    connection.close()
    with transaction.atomic():
        User.objects.create(username="kept")
    assert list(User.objects.values_list("username", flat=True)) == ["kept"]
