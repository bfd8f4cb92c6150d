"""One thread for linear algebra in this process."""

from functools import cache

from threadpoolctl import threadpool_limits


@cache
def use_one_thread() -> None:
    """Let NumPy and SciPy use one thread from now on.

    Matrices of a few hundred rows are too small to share: with several threads a fit takes up to five times as long
    when other processes are busy. And the last bits of a result depend on the number of threads, which a replay on
    another machine must not. It is never undone: a limit that ends with one call would end amid another thread's.
    """
    threadpool_limits(limits=1, user_api="blas")
