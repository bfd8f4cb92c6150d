import asyncio

import pytest

from sweeps_app.config.body_limit import BodyLimit


@pytest.mark.parametrize(
    ("pieces", "passed_on"),
    [
        ([b"12345"], [b"12345"]),
        ([b"1234567890"], [b"123456"]),
        ([b"1234", b"5678", b"9"], [b"1234", b"56", b""]),
    ],
)
def test_one_byte_beyond_the_limit_is_passed_on_and_the_rest_is_dropped(pieces, passed_on):
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"})
    seen = []

    async def application(scope, receive, send):
        while (message := await receive())["type"] != "http.disconnect":
            seen.append(message["body"])

    async def receive():
        return messages.pop(0)

    asyncio.run(BodyLimit(application, 5)({"type": "http"}, receive, None))
    assert seen == passed_on
