"""What is said when a run has ended: where it is, what was lost, and how what waits is sent."""

import shlex

from sweepdeck import _console
from sweepdeck._amount import Amount
from sweepdeck._facts import RunFacts
from sweepdeck._spool.spool import NoSpool, Spool


def say_end(
    run: RunFacts, spool: Spool, word: str, *, complete: bool, refused: int, left: Amount, lost: Amount
) -> None:
    """Say how a run has ended, `word` such as "finished".

    `complete` says whether the server has all that it takes of the run, `refused` how many rows it does not, `left` how
    much was not sent, and `lost` how much of that is nowhere any more; the rest is in the spool on disk.
    """
    if isinstance(spool, NoSpool):
        return
    left = left._replace(rows=max(0, left.rows - lost.rows), lines=max(0, left.lines - lost.lines))
    gone = refused + spool.history.dropped + lost.rows
    if spool.is_offline and (gone or spool.end_is_lost):
        what = f"{Amount(gone)} and the end" if spool.end_is_lost else str(Amount(gone))
        _console.warn(f"{what} of offline run {run.name} are LOST: the disk did not take them")
    elif gone:
        _console.warn(f"{Amount(gone)} of run {run.name} did not reach the server")
    elif complete:
        _console.say(f"run {run.name} {word}: {run.url}")
    elif spool.end_is_lost:
        _console.warn(f"the end of run {run.name} did not reach the server")
    if not complete and spool.folder is not None:
        _console.say(
            f"run {run.name} waits with {left}; send it by: sweepdeck sync {shlex.quote(str(spool.folder.path))}"
        )
