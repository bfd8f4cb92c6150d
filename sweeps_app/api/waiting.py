"""Answers that may wait until there is something to tell."""

from rest_framework.request import Request

from sweeps_app.config.waiting import Topic, Wait, ask_to_wait


def wait_for_news(request: Request, topic: Topic, key: int, since: int, seconds: float) -> None:
    """Hold back the answer to `request` until `key` of `topic` is no longer at `since`, at most for `seconds`.

    The request is then answered anew. Where the server in front cannot wait, the answer is given at once.
    """
    if seconds > 0:
        ask_to_wait(request._request.META, Wait(topic, key, since, seconds))
