"""The door: answers that are whole and answers in parts, as an ASGI server gets them."""

import asyncio
import threading

import pytest

from sweeps_app.config.door import Door


class Answer(list):
    """What Django gives a WSGI server: parts, whether they come one by one, and an end."""

    def __init__(self, *parts, streaming):
        super().__init__(parts)
        self.streaming, self.is_closed = streaming, False

    def close(self):
        self.is_closed = True


def asked(answer, kind="http"):
    """Return the messages that a request is answered with, and the threads that have made them."""
    messages, threads = [], set()

    def application(environ, start):
        threads.add(threading.current_thread())
        if isinstance(answer, Exception):
            raise answer
        start("201 Created", [("X-Path", environ["PATH_INFO"])])
        return answer

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        messages.append(message)

    scope = {"type": kind, "method": "GET", "path": "/a", "query_string": b"", "http_version": "1.1", "headers": []}
    door = Door(application, workers=1, watcher=None, events=None)
    asyncio.run(door(scope, receive, send))
    return messages, threads


START = {"type": "http.response.start", "status": 201, "headers": [(b"x-path", b"/a")]}


def test_a_whole_answer_is_sent_at_once():
    answer = Answer(b"one ", b"two", streaming=False)
    messages, threads = asked(answer)
    assert messages == [START, {"type": "http.response.body", "body": b"one two"}]
    assert threading.main_thread() not in threads
    assert answer.is_closed


@pytest.mark.parametrize("answer", [Answer(b"one ", b"two", streaming=True), [b"one ", b"two"]])
def test_an_answer_in_parts_is_sent_part_by_part(answer):
    messages, _ = asked(answer)
    assert messages[0] == START
    assert [message["body"] for message in messages[1:]] == [b"one ", b"two", b""]
    assert [message.get("more_body", False) for message in messages[1:]] == [True, True, False]


def test_what_the_application_raises_reaches_the_server():
    with pytest.raises(RuntimeError, match="broken"):
        asked(RuntimeError("broken"))


def test_a_web_socket_is_refused():
    assert asked(None, kind="websocket")[0] == [{"type": "websocket.close", "code": 1000}]
