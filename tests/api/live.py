"""The real ASGI application behind a real web server, in a thread of the test's process: on the test's database."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from importlib import reload

import uvicorn

import sweeps_app.config.asgi


@contextlib.contextmanager
def served(port: int = 0) -> Iterator[str]:
    """Serve on a port of 127.0.0.1, a free one unless it is named, and give the server's address."""
    asgi = reload(sweeps_app.config.asgi)  # with the settings of this test; one module, which the next one changes
    application, door = asgi.answering, asgi.door  # without a pulse: it would write beside the tests
    config = uvicorn.Config(application, lifespan="off", log_config=None, timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", port))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        door.close_soon()  # as a signal does, of which threads hear nothing
        server.should_exit = True
        thread.join(10)
        listener.close()
