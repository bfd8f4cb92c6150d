"""Real threads on real connections."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def in_threads(count, function):
    """Call `function(i)` in `count` threads that begin together; return their results."""
    barrier = threading.Barrier(count)

    def call(i):
        barrier.wait()
        try:
            return function(i)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(call, range(count)))
