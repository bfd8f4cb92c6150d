import asyncio

import pytest

from sweeps_app.config.whole_body import WholeBody, with_body

CHUNKED = ((b"transfer-encoding", b"chunked"),)
MEGABYTE = b"x" * 2**20


def _passed_on(pieces, headers=CHUNKED, limit=5, gone=False):
    """Send a body in pieces, and return the length that the application was told and what it read, or None."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages += [] if gone else [{"type": "http.request", "body": b"", "more_body": False}]
    messages.append({"type": "http.disconnect"})
    seen = []

    async def application(scope, receive, send):
        read = with_body(lambda environ, start_response: environ["wsgi.input"])
        stream = read({"asgi.scope": scope, "wsgi.input": None}, None)
        seen.append((dict(scope["headers"]).get(b"content-length"), stream and stream.read()))

    async def receive():
        return messages.pop(0)

    asyncio.run(WholeBody(application, lambda scope: limit)({"type": "http", "headers": list(headers)}, receive, None))
    return seen


@pytest.mark.parametrize(
    ("pieces", "length", "body"),
    [
        ([b"12345"], b"5", b"12345"),
        ([b"1234567890"], b"6", b"123456"),
        ([b"1234", b"5678", b"9"], b"6", b"123456"),
        ([], b"0", b""),
    ],
)
def test_all_is_read_and_one_byte_beyond_the_limit_is_passed_on(pieces, length, body):
    assert _passed_on(pieces) == [(length, body)]


def test_a_large_body_is_passed_on_whole():
    sent = bytes(range(256)) * 40_000
    (found,) = _passed_on([sent[i : i + 65_536] for i in range(0, len(sent), 65_536)], limit=10**8)
    assert found == (str(len(sent)).encode(), sent)


def test_other_headers_stay_and_the_length_is_that_of_what_is_passed_on():
    headers = [(b"host", b"a"), (b"content-length", b"9")]
    assert _passed_on([b"123456789"], headers) == [(b"6", b"123456")]


def test_a_request_without_a_body_is_left_alone():
    assert _passed_on([], headers=[(b"host", b"a")]) == [(None, None)]


def test_nothing_is_done_for_a_client_that_has_gone():
    assert _passed_on([b"12"], gone=True) == []


def _refused(pieces, headers=CHUNKED):
    """Send a body in pieces to an application that answers without looking at it; return how many pieces were read."""
    left, sent = list(pieces), []

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 401})

    async def receive():
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message):
        sent.append(message["status"])

    asyncio.run(WholeBody(application, lambda scope: 10**9)({"type": "http", "headers": list(headers)}, receive, send))
    assert sent == [401]
    return len(pieces) - len(left)


def test_a_large_body_of_told_length_is_not_read_for_whom_its_head_refuses():
    assert _refused([MEGABYTE] * 50, [(b"content-length", str(50 * 2**20).encode())]) == 0


def test_of_a_body_of_unknown_length_no_more_is_read_than_fits_in_memory():
    assert _refused([MEGABYTE] * 50) == 5


def test_a_small_body_is_read_first_whoever_sends_it():
    assert _refused([b"12"] * 3) == 3


@pytest.mark.parametrize("headers", [CHUNKED, [(b"content-length", str(6 * 2**20).encode())]])
def test_a_large_body_that_is_wanted_is_read_once_and_whole(headers):
    """The application is asked twice, and only the second time reaches what comes after reading."""
    assert _passed_on([MEGABYTE] * 6, headers, limit=10**8) == [(str(6 * 2**20).encode(), 6 * MEGABYTE)]
