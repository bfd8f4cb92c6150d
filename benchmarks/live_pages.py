"""What open pages cost a server: memory, processor while nothing happens, and how soon news reaches all of them.

    python benchmarks/live_pages.py --pages 200

It starts a server of its own, opens streams of events as browsers do, lets them be idle, and then makes changes.
Against PostgreSQL set SWEEPDECK_DATABASE_URL to an empty database.
"""

import argparse
import http.client
import json
import socket
import statistics
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil

from benchmarks.server import Server, running_server

CONFIG = {"method": "random", "parameters": {"x": {"min": 0.0, "max": 1.0}}}
IDLE_SECONDS = 20.0
CHANGES = 10


def main() -> None:
    """Open, wait, change, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    pages = parser.parse_args().pages
    with running_server() as server:
        cookies = [signed_in(server) for _ in range(-(-pages // 20))]  # a session has twenty streams at the most
        sweep = post(server, "/sweeps", {"config": CONFIG, "project": "live"})["sweep_id"]
        web = web_process(server)
        path = f"/owner/live/sweeps/{sweep}"
        before, idle = web.memory_info().rss, processor_of(web)
        streams = [open_stream(server, path, cookies[number // 20]) for number in range(pages)]
        wait_for_marks(streams)
        busy = processor_of(web)
        grown = (web.memory_info().rss - before) / pages / 1024
        print(
            f"{pages} pages: {grown:.1f} kB each, {busy:.2%} of a processor while nothing happens ({idle:.2%} without)"
        )
        told = [seconds_until_told(server, sweep, streams, number) for number in range(CHANGES)]
        print(f"news reaches all of them after {statistics.median(told):.3f} s, at worst {max(told):.3f} s")
        for stream in streams:
            stream.close()


def post(server: Server, path: str, body: dict) -> dict:
    """Post to the REST API."""
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}/api/v1{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def signed_in(server: Server) -> str:
    """Sign in by the form, and return the session's cookie."""
    lines = (server.data / "credentials").read_text().splitlines()
    password = next(line.split(":", 1)[1].strip() for line in lines if "assword" in line)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    answer.read()
    token = answer.headers["Set-Cookie"].split(";")[0].partition("=")[2]
    form = urllib.parse.urlencode({"username": "owner", "password": password, "csrfmiddlewaretoken": token})
    headers = {"Cookie": f"csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", form, headers)
    answer = connection.getresponse()
    cookies = answer.headers.get_all("Set-Cookie") or []
    return next(cookie.split(";")[0] for cookie in cookies if cookie.startswith("sessionid="))


def open_stream(server: Server, path: str, cookie: str) -> socket.socket:
    """Open the events of a page."""
    place = urllib.parse.urlsplit(server.url)
    stream = socket.create_connection((place.hostname, place.port))
    stream.sendall(f"GET {path}?events=1 HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookie}\r\n\r\n".encode())
    return stream


def wait_for_marks(streams: Sequence[socket.socket]) -> None:
    """Read each stream up to its next mark."""
    with DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(timeout=10):
                heard = key.fileobj.recv(65536)
                if not heard or b" 204 " in heard[:20]:
                    raise RuntimeError("there is no stream, or it has ended")
                if b"event: mark" in heard:
                    selector.unregister(key.fileobj)


def web_process(server: Server) -> psutil.Process:
    """Return the web process among those of the server."""
    children = psutil.Process(server.pid).children(recursive=True)
    return next(child for child in children if any("supervisor.web" in part for part in child.cmdline()))


def processor_of(process: psutil.Process) -> float:
    """Return which share of a processor a process takes for some time."""
    began = process.cpu_times()
    time.sleep(IDLE_SECONDS)
    ended = process.cpu_times()
    return (ended.user + ended.system - began.user - began.system) / IDLE_SECONDS


def seconds_until_told(server: Server, sweep: str, streams: Sequence[socket.socket], number: int) -> float:
    """Change the sweep, and return how long it takes until every page knows."""
    began = time.perf_counter()
    post(server, f"/sweeps/{sweep}/{'pause' if number % 2 == 0 else 'resume'}", {})
    wait_for_marks(streams)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
