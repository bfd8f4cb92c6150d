"""The embedded broker's messages are read whole, or not at all."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty

import pytest
from celery import Celery
from kombu import Connection
from kombu.exceptions import ChannelError

from sweeps_app.config.folder_broker import Channel
from tests.config.settings import settings_under


@pytest.fixture
def open_channel(tmp_path):
    """Open channels on one folder."""
    connections = []

    def open_channel() -> Channel:
        options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
        options["control_folder"] = str(tmp_path / "control")
        connections.append(
            Connection(
                "filesystem://", transport="sweeps_app.config.folder_broker:Transport", transport_options=options
            )
        )
        return connections[-1].channel()

    yield open_channel
    for connection in connections:
        connection.release()


def drained(channel: Channel) -> list[object]:
    messages = []
    while True:
        try:
            messages.append(channel._get("default"))
        except Empty:
            return messages


def test_messages_come_in_their_order(open_channel):
    channel = open_channel()
    for number in range(3):
        channel._put("default", {"number": number})
    channel._put("gpu", {"number": 7})
    assert sorted(message["number"] for message in drained(channel)) == [0, 1, 2]
    assert channel._get("gpu") == {"number": 7}


def test_a_message_is_not_seen_before_it_is_written(open_channel):
    writer, reader = open_channel(), open_channel()
    thread = threading.Thread(target=lambda: [writer._put("default", {"number": n}) for n in range(500)])
    thread.start()
    found = []
    while thread.is_alive():
        found += drained(reader)
    found += drained(reader)
    thread.join()
    assert sorted(message["number"] for message in found) == list(range(500))


def test_messages_that_were_not_written_whole_are_left_out(open_channel, tmp_path):
    channel = open_channel()
    (tmp_path / "1_a.default.msg").write_bytes(b"")
    (tmp_path / "2_b.default.msg").write_bytes(b'{"body": "cut')
    channel._put("default", {"number": 1})
    assert drained(channel) == [{"number": 1}]


def test_each_message_is_one_readers_alone_and_passes_through_no_other_folder(open_channel, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    channels = [open_channel() for _ in range(3)]
    for number in range(200):
        channels[0]._put("default", {"number": number})
    with ThreadPoolExecutor(3) as pool:
        found = [message["number"] for part in pool.map(drained, channels) for message in part]
    assert sorted(found) == list(range(200))
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_full_disk_leaves_no_part_of_a_message(open_channel, tmp_path, monkeypatch):
    channel = open_channel()

    def full(path: Path, _: bytes) -> int:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ChannelError, match="No space left"):
        channel._put("default", {"number": 1})
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_the_server_uses_it_unless_it_has_another_broker(tmp_path):
    names = ("CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT")
    address, transport = settings_under(tmp_path, *names).values()
    with Celery(broker=address, broker_transport=transport).connection_for_write() as connection:
        assert connection.transport.Channel is Channel
    assert settings_under(tmp_path, *names, SWEEPDECK_BROKER_URL="redis://cache/0")["CELERY_BROKER_TRANSPORT"] is None
