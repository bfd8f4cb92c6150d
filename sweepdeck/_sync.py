"""Send what runs have left in their spools: runs without a server, and runs that ended before all was sent."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sweepdeck import _console
from sweepdeck._amount import Amount
from sweepdeck._api import Client
from sweepdeck._errors import ApiError, CommError
from sweepdeck._files.run_files import RunFiles
from sweepdeck._files.uploader import Uploader
from sweepdeck._progress import wait_and_show
from sweepdeck._sender import LATE_ATTEMPTS, Sender, run_path
from sweepdeck._spool.channel import Channel
from sweepdeck._spool.folder import InUse, Unreadable, folders, read_meta
from sweepdeck._spool.shapes import TIMESTAMP
from sweepdeck._spool.spool import Spool
from sweepdeck._spool.stream import CONSOLE, HISTORY, Kind

FindClient = Callable[[str], Client]


class Gone(Exception):
    """The server no longer has the run that a spool continues, or somebody else has it."""


@dataclass(frozen=True)
class Sent:
    """What came of sending one spool: the run, its page, what the server did not have, and how much it refuses.

    `lost` rows of the run were never on disk.
    """

    name: str
    url: str
    amount: Amount
    refused: int
    lost: int = 0


def send_spool(path: Path, find_client: FindClient) -> Sent:
    """Send what a folder holds, each row once however often this is done, and remove the folder.

    `find_client` returns the client of a server's address. Raises `InUse`, `Unreadable`, `Gone`, `CommError`, or
    `OSError`; the folder then stays as it is, but for what the server has.
    """
    spool = Spool.open(path)
    is_complete = False
    try:
        client = find_client(spool.meta["server"])
        data = _known(client, spool)
        sent = _send(client.for_attempt(data["attempt"]), data, spool)
        is_complete = True
        return sent
    finally:
        if is_complete:
            spool.remove()
        else:
            spool.leave()


def send_left_behind(client: Client, place: tuple[str, str], run_id: str, *, is_patient: bool = False) -> None:
    """Send what earlier processes have left of a run that is about to go on, so that its rows keep their order.

    With `is_patient` a server that is away is waited for, without end.
    """
    for path in folders():
        try:
            meta = read_meta(path)
            run = (meta["server"], meta["entity"], meta["project"], meta["run_id"])
            if run == (client.base_url, *place, run_id):
                if is_patient:
                    client.call("GET", "/me", seconds=None)
                sent = send_spool(path, lambda _: client)
                _console.say(f"{sent.amount} that an earlier process had left of run {sent.name} are sent")
        except (InUse, Unreadable):
            continue
        except (Gone, CommError, OSError) as error:
            _console.warn(f"what an earlier process has left in {path} could not be sent: {error}")


def _send(client: Client, data: dict[str, Any], spool: Spool) -> Sent:
    channels = spool.channels()
    counts: dict[Kind, int] = {}
    for channel in channels:
        first = _skip_known(client, data, channel)
        stream = spool.stream(channel.kind)
        stream.rows = channel.row + channel.count_left()
        counts[channel.kind] = stream.rows - first
    start_uploader = partial(Uploader, client, run_path(data), attempts=LATE_ATTEMPTS)
    files = RunFiles(spool.files, _console.warn_once, start_uploader)
    count = files.take_over()
    files.finish()
    sender = Sender(client, run_path(data), spool, stop_asked=lambda: None, is_alive=False, channels=channels)
    sender.start()
    try:
        has_rows = sender.drain()
        if has_rows:
            wait_and_show(files.wait, lambda: Amount(files=files.left), math.inf)
    finally:
        files.abandon()
    if not has_rows or files.left:
        raise CommError(f"{sender.left._replace(files=files.left)} are not sent")
    amount = Amount(counts[HISTORY] - sender.lost, counts[CONSOLE], count - files.refused)
    refused, lost = sender.lost + files.refused, int(spool.meta.get("lost", 0))
    return Sent(str(data["name"]), str(data["url"]), amount, refused, lost)


def _known(client: Client, spool: Spool) -> dict[str, Any]:
    """Return the run as the server has it, begun now where that is what an offline run still waits for."""
    meta = spool.meta
    if meta["server"]:
        try:
            data = client.call("GET", run_path(meta))
        except ApiError as error:
            if error.status == 404:
                raise Gone(f"{client.base_url} no longer has run {meta['name']}") from None
            raise
        if data["attempt"] != meta.get("attempt", 1):
            raise Gone(f"run {meta['name']} was given to another agent, which made attempt {data['attempt']}")
        return data
    data = client.call("POST", "/runs", meta["begin"])
    names = ("name", "entity", "project")
    spool.note({"server": client.base_url} | {name: data[name] for name in names})
    return data


def _skip_known(client: Client, data: dict[str, Any], channel: Channel) -> int:
    """Go on after what the server has, and return the number in the journal of the first row to be sent.

    The last rows that it has may not have been noted here, or be those of another process.
    """
    stored = data.get(channel.kind.counter, 0)
    more = stored - channel.offset
    if more < 0:
        channel.resume_at(stored)
    if more <= 0:
        return channel.row
    ours = channel.stamps(more)
    low, high = 0, len(ours)
    while low < high:
        middle = (low + high) // 2
        if _stamp(client, data, channel.kind, channel.offset + middle) == ours[middle][1]:
            low = middle + 1
        else:
            high = middle
    after_ours = ours[-1][0] + 1 if ours else channel.row
    row = ours[low][0] if low < len(ours) else after_ours
    channel.skip_to(row)
    if more > low:
        channel.moved(more - low, row)
    return row


def _stamp(client: Client, data: dict[str, Any], kind: Kind, number: int) -> Any:
    found = client.call("GET", f"{run_path(data)}{kind.endpoint}?after={number - 1}&limit=1")[kind.items]
    return found[0].get(TIMESTAMP, found[0].get("timestamp")) if found else None
