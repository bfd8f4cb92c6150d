"""What is said when a run has ended: where it is, what was lost, and how what waits is sent."""

import shlex

from sweepdeck import _console
from sweepdeck._amount import Amount
from sweepdeck._facts import RunFacts
from sweepdeck._spool.spool import NoSpool, Spool


def say_end(run: RunFacts, spool: Spool, word: str, *, complete: bool, refused: int, left: Amount) -> None:
    """Say how a run has ended, `word` such as "finished".

    `complete` says whether the server has all that it takes of the run, `refused` how many rows it does not, and
    `left` how much was not sent; what a spool on disk has is not lost.
    """
    if isinstance(spool, NoSpool):
        return
    lost = refused + spool.history.dropped + (0 if complete or spool.is_durable else left.rows)
    if lost:
        _console.warn(f"{Amount(lost)} of run {run.name} did not reach the server")
    elif complete:
        _console.say(f"run {run.name} {word}: {run.url}")
    elif not spool.is_durable:
        _console.warn(f"the end of run {run.name} did not reach the server")
    if not complete and spool.folder is not None:
        _console.say(
            f"run {run.name} waits with {left}; send it by: sweepdeck sync {shlex.quote(str(spool.folder.path))}"
        )
