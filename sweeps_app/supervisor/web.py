"""The web server on a socket that its supervisor has opened: `python -m sweeps_app.supervisor.web FD`.

Since the supervisor keeps the socket, the port stays taken and connections wait while this process is restarted.
"""

import gc
import resource
import socket
import sys
from importlib import import_module
from threading import Thread

import uvicorn

GRACEFUL_SECONDS = 3
# Agents say something about every 25 seconds, on the same connection.
KEEP_ALIVE_SECONDS = 75
_APPLICATION = "sweeps_app.config.asgi"


def main(descriptor: int) -> None:
    """Serve until told to stop."""
    # Each agent that waits for news keeps a connection open, and so does each page.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    config = uvicorn.Config(
        f"{_APPLICATION}:application",
        lifespan="on",
        server_header=False,
        proxy_headers=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    config.load()
    # What is loaded by now stays: the collector need not look at it again and again while requests wait.
    gc.collect()
    gc.freeze()
    # The one method that is answered here and takes a second to import; nobody waits for it.
    Thread(target=import_module, args=("sweeps_app.search.quasi_random",), daemon=True).start()
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
