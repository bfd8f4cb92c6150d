"""Servers that are killed (kill -9) at random moments while clients log, and the ledger of what these logged.

Two web servers take requests from one socket, as behind a balancer, and a third process merges chunks. A client sends
each batch until it has an answer, now and then twice, now and then by two connections at once, and writes down what it
has sent. `Killing.check` then compares the ledger with what the server has, value by value.
"""

import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial

import urllib3

from sweeps_app.supervisor.guard import guarded
from tests.processes.alive import wait_for
from tests.processes.server import bare_environment
from tests.sdk.script import ROOT
from tests.unit.columns.wire import written

COLUMNS = "application/vnd.sweepdeck.columns"
MERGING = (
    "import django; django.setup()\nfrom sweeps_app.services.merge import chunks_merge\nwhile True: chunks_merge()"
)
WEB_SERVERS = 2
ANSWERS = 10


class Killing:
    """An installation in `folder` whose processes live short lives."""

    def __init__(self, folder, database, seed):
        self._random = random.Random(seed)
        self._environment = bare_environment(
            SWEEPDECK_DATA_DIR=str(folder),
            SWEEPDECK_DATABASE_URL=database,
            DJANGO_SETTINGS_MODULE="sweeps_app.config.settings",
        )
        self._log = (folder.parent / "servers.log").open("a")
        prepare = [sys.executable, "manage.py", "prepare"]
        subprocess.run(prepare, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, check=True)
        self.key = (folder / "api_key").read_text().strip()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/api/v1"
        self._processes = []
        self.kills = 0

    @contextmanager
    def running(self):
        """Have the processes run."""
        commands = [["-m", "sweeps_app.supervisor.web", str(self._socket.fileno())]] * WEB_SERVERS + [["-c", MERGING]]
        self._processes = [(command, self._start(command)) for command in commands]
        try:
            yield
        finally:
            for _, process in self._processes:
                process.kill()
                process.wait()

    def kill_some(self):
        """Kill one of the processes, now and then all, and start them again."""
        every = range(len(self._processes))
        for place in every if self._random.random() < 0.2 else [self._random.choice(every)]:
            command, process = self._processes[place]
            process.send_signal(signal.SIGKILL)
            process.wait()
            self._processes[place] = (command, self._start(command))
            self.kills += 1

    def kill_often(self, kills, clients):
        """Kill until so many were killed, each at a random moment after the clients have had some answers."""
        while self.kills < kills:
            wait_for(partial(_have_answers, clients, sum(client.answers for client in clients) + ANSWERS), 120)
            time.sleep(self._random.uniform(0, 1))
            self.kill_some()

    def _start(self, command):
        return subprocess.Popen(
            guarded([sys.executable, *command], signal.SIGKILL),
            cwd=ROOT,
            env=self._environment,
            pass_fds=[self._socket.fileno()],
            stdout=self._log,
            stderr=self._log,
        )

    def clients(self, count):
        """Return clients that log, each to a run of its own."""
        return [LoggingClient(self.url, self.key, self._random.randrange(2**32)) for _ in range(count)]


class LoggingClient(threading.Thread):
    """Logs rows and output until it is told to stop, and keeps what it has logged."""

    def __init__(self, url, key, seed):
        super().__init__()
        self.rows, self.lines = [], []
        self.stopping = threading.Event()
        self.attempts = self.answers = 0
        self._random = random.Random(seed)
        self._url = url
        self._pool = urllib3.PoolManager(
            headers={"Authorization": f"Bearer {key}"}, retries=False, timeout=urllib3.Timeout(connect=1, read=20)
        )
        self._path = ""
        self._error = None

    def run(self):
        self._noting(self._log_until_told)

    def _noting(self, function, *args):
        try:
            function(*args)
        except BaseException as error:  # raised again by `check`, in the thread of the test
            self._error = error

    def _log_until_told(self):
        run = self._send(
            "POST", "/runs", json.dumps({"project": "kill", "run_id": f"run{self._random.getrandbits(40)}"})
        )
        self._path = f"/runs/{run['entity']}/kill/{run['run_id']}"
        while not self.stopping.is_set():
            self._log_rows()
            if self._random.random() < 0.3:
                self._log_lines()

    def _log_rows(self):
        first = len(self.rows)
        batch = [self._row(first + n) for n in range(self._random.choice([1, 3, 20, 300]))]
        # A client that resends may have cut its batches elsewhere the first time.
        again = self._random.randrange(min(first, 50) + 1)
        sent = [*self.rows[first - again :], *batch]
        if self._random.random() < 0.5:
            body, kind = written(first - again, sent), COLUMNS
        else:
            body, kind = json.dumps({"offset": first - again, "rows": sent}), "application/json"
        answer = self._send_often(f"{self._path}/history", body, kind)
        assert answer["rows"] == first + len(batch), (answer, first, len(batch))
        self.rows += batch

    def _log_lines(self):
        first = len(self.lines)
        batch = [[float(first + n), "stdout", f"line {first + n}"] for n in range(self._random.choice([1, 40]))]
        answer = self._send_often(f"{self._path}/console", json.dumps({"offset": first, "lines": batch}))
        assert answer["lines"] == first + len(batch)
        self.lines += batch

    def _row(self, step):
        row = {"_step": step, "noise": self._random.gauss(0, 1), "count": step}
        return row if step % 7 else row | {"rare": self._random.random()}

    def _send_often(self, path, body, kind="application/json"):
        """Send once, or twice after each other, or twice at the same time."""
        way = self._random.random()
        if way < 0.1:
            twin = threading.Thread(target=self._noting, args=(self._send, "POST", path, body, kind))
            twin.start()
            answer = self._send("POST", path, body, kind)
            twin.join()
            return answer
        if way < 0.2:
            self._send("POST", path, body, kind)
        return self._send("POST", path, body, kind)

    def _send(self, method, path, body=None, kind="application/json"):
        """Send until there is an answer, and return it; anything that a client has caused is an error."""
        while True:
            self.attempts += 1
            with suppress(urllib3.exceptions.HTTPError, OSError):
                answer = self._pool.request(method, self._url + path, body=body, headers=self._headers(kind))
                if answer.status != 503:
                    assert answer.status in (200, 201), (answer.status, answer.data[:500])
                    self.answers += 1
                    return answer.json()
            time.sleep(0.02)

    def _headers(self, kind):
        return {**self._pool.headers, "Content-Type": kind}

    def raise_error(self):
        """Raise what has ended the client before its time."""
        if self._error is not None:
            raise self._error

    def check(self):
        """Compare what was logged with what is stored; raises what has ended the client before its time."""
        self.raise_error()
        assert self.rows, "a client has logged nothing"
        assert self._bits(self._stored_rows()) == self._bits(self.rows)
        run = self._send("GET", self._path)
        assert run["history_rows"] == len(self.rows)
        assert run["summary"]["noise"] == self.rows[-1]["noise"]
        figures = {figure["name"]: figure for figure in self._send("GET", f"{self._path}/metrics")}
        for name in ("noise", "count", "rare"):
            values = [row[name] for row in self.rows if name in row]
            figure = figures[name]
            found = (figure["count"], figure["last"], figure["minimum"], figure["maximum"])
            assert found == (len(values), values[-1], min(values), max(values)), name
        assert self._stored_lines() == self.lines

    def _stored_rows(self):
        rows, after = [], -1
        while after is not None:
            page = self._send("GET", f"{self._path}/history?limit=10000&after={after}")
            rows, after = rows + page["rows"], page["next_after"]
        return rows

    def _stored_lines(self):
        lines, after = [], -1
        while after is not None:
            page = self._send("GET", f"{self._path}/console?limit=10000&after={after}")
            lines += [[line["timestamp"], line["stream"], line["text"]] for line in page["lines"]]
            after = page["next_after"]
        return lines

    @staticmethod
    def _bits(rows):
        return [{k: struct.pack("<d", v) if isinstance(v, float) else v for k, v in row.items()} for row in rows]


def _have_answers(clients, enough):
    """Tell whether the clients have had so many answers; raises what has ended one of them."""
    for client in clients:
        client.raise_error()
    return sum(client.answers for client in clients) >= enough


def killed_while_logging(folder, database, *, kills, clients, seed):
    """Kill so many servers while clients log, check everything, and return the numbers of rows and requests."""
    killing = Killing(folder, database, seed)
    with killing.running():
        logging = killing.clients(clients)
        for client in logging:
            client.start()
        killing.kill_often(kills, logging)
        for client in logging:
            client.stopping.set()
        for client in logging:
            client.join(60)
            assert not client.is_alive(), "a client has no answer"
        for client in logging:
            client.check()
    return sum(len(c.rows) for c in logging), sum(c.attempts for c in logging)


def seed_of_today():
    """Return a seed, which a failure has to tell, since each run takes another."""
    return int(os.environ.get("SWEEPDECK_TEST_SEED", time.time_ns() % 2**32))
