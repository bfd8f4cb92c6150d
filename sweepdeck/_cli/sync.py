"""`sweepdeck sync`: send what waits in the spools of runs whose process has ended."""

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from sweepdeck._amount import Amount
from sweepdeck._api import Client
from sweepdeck._auth import client_of
from sweepdeck._cli import output
from sweepdeck._errors import CommError
from sweepdeck._settings import Settings
from sweepdeck._spool.folder import InUse, Unreadable, folders, is_spool
from sweepdeck._spool.spool import Spool
from sweepdeck._spool.stream import CONSOLE, HISTORY
from sweepdeck._sync import Gone, send_spool

_INTERRUPTED = 130


class Outcome(NamedTuple):
    """What came of one folder."""

    folder: str
    message: str
    ok: bool = True


@click.command()
@click.argument("given", metavar="[FOLDER]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--list", "only_list", is_flag=True, help="Show what waits, and send nothing.")
@click.option("--clean", is_flag=True, help="Delete what cannot be sent, as its run was deleted on the server.")
@output.json_option
def sync(given: tuple[Path, ...], *, only_list: bool, clean: bool, as_json: bool) -> int:
    """Send what runs have left on this machine.

    These are offline runs, and runs whose process was killed or could not wait for the server. Runs of living processes
    are left to them. Each row arrives once, however often this is repeated. FOLDER is that of one run, or one that
    holds several; the default is SWEEPDECK_SPOOL_DIR. The exit code is 1 where something could not be sent, or was
    never kept.
    """
    if only_list and clean:
        raise click.UsageError("--list and --clean exclude each other")
    find_client = _Clients()
    outcomes = (_show(path) if only_list else _send(path, find_client, clean=clean) for path in _spools(given))
    try:
        seen = _tell(outcomes, as_json=as_json)
    except KeyboardInterrupt:
        click.echo("\nsweepdeck: interrupted; what is not sent waits for the next time", err=True)
        return _INTERRUPTED
    if not seen and not as_json:
        where = given or [Settings.from_environment().spool_dir]
        click.echo(f"nothing waits in {', '.join(map(str, where))}")
    return 0 if all(outcome.ok for outcome in seen) else 1


class _Clients:
    """Logs in to each server once."""

    def __init__(self) -> None:
        self._known: dict[str, Client] = {}

    def __call__(self, base_url: str) -> Client:
        if base_url not in self._known:
            self._known[base_url] = client_of(base_url)
        return self._known[base_url]


def _tell(outcomes: Iterable[Outcome], *, as_json: bool) -> list[Outcome]:
    seen = []
    for outcome in outcomes:
        seen.append(outcome)
        if not as_json:
            click.echo(f"{outcome.folder}: {outcome.message}")
    if as_json:
        output.print_json([outcome._asdict() for outcome in seen])
    return seen


def _spools(given: Sequence[Path]) -> Iterator[Path]:
    if not given:
        yield from folders()
    for path in given:
        yield from [path] if is_spool(path) else folders(path)


def _send(path: Path, find_client: _Clients, *, clean: bool) -> Outcome:
    try:
        sent = send_spool(path, find_client)
    except InUse:
        return Outcome(path.name, "its process lives, or another sync sends it")
    except Gone as error:
        if not clean:
            return Outcome(path.name, f"not sent: {error} (sync --clean deletes what waits for it)", ok=False)
        Spool.open(path).remove()
        return Outcome(path.name, f"deleted: {error}")
    except (Unreadable, CommError, OSError) as error:
        return Outcome(path.name, f"not sent: {error}", ok=False)
    refused = f", {sent.refused:,} were refused" if sent.refused else ""
    lost = f", {sent.lost:,} were lost when the disk was full" if sent.lost else ""
    return Outcome(path.name, f"{sent.amount} of run {sent.name} sent{refused}{lost}: {sent.url}", ok=not sent.lost)


def _show(path: Path) -> Outcome:
    try:
        spool = Spool.open(path)
    except InUse:
        return Outcome(path.name, "its process lives")
    except (Unreadable, OSError) as error:
        return Outcome(path.name, str(error), ok=False)
    try:
        left = {channel.kind: channel.count_left() for channel in spool.channels()}
        amount = Amount(left[HISTORY], left[CONSOLE], len(spool.files.unsent()))
        began = time.strftime("%Y-%m-%d %H:%M", time.localtime(spool.meta["began_at"]))
        where = spool.meta["server"] or "the server that sync is run for"
        return Outcome(path.name, f"run {spool.meta['name']} of {began}, {amount} for {where}")
    finally:
        spool.leave()
