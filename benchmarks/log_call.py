"""What a call of `log()` takes, and what the whole client takes a step, its background thread included.

    python benchmarks/log_call.py [--steps 200000] [--metrics 5]

Without `--url` the client sends to a process that takes every batch at once and stores nothing, so that the figures are
the client's alone. With `--url` (and SWEEPDECK_API_KEY) it is the real one.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


class _Silent(BaseHTTPRequestHandler):
    """Takes everything; only what the client looks at is in its answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = {"user": "bench", "default_entity": "bench"}
        if self.path.endswith("/runs"):
            run = json.loads(body)
            answer = {"run_id": run["run_id"], "entity": "bench", "project": "bench", "name": run["run_id"]}
            answer |= {"config": {}, "tags": [], "notes": "", "group": "", "job_type": "", "sweep": None}
            answer |= {"history_rows": 0, "last_step": None, "url": "-"}
        elif self.path.endswith("/history"):
            (offset, rows) = map(int, re.search(rb'"offset": ?(\d+), ?"rows": ?(\d+)', body[:200]).groups())
            answer = {"rows": offset + rows, "stop": False}
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 (named by the library)

    def log_message(self, *args):
        """Say nothing."""


def serve():
    """Answer until this process is ended; the address is printed first."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Silent)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


def measure(steps, metrics):
    """Log `steps` rows of `metrics` floats and return the figures; times are microseconds, rates are a second."""
    import sweepdeck

    run = sweepdeck.init(project="log-call")
    row = {f"metric_{number}": 0.1 * number for number in range(metrics)}
    clock, times = time.perf_counter_ns, []
    used = _cpu()
    began = time.perf_counter()
    for step in range(steps):
        row["metric_0"] = step * 0.001
        before = clock()
        run.log(row)
        times.append(clock() - before)
    logged = time.perf_counter()
    run.finish()
    ended = time.perf_counter()
    times.sort()
    return {
        "log_p50_us": times[steps // 2] / 1e3,
        "log_p99_us": times[int(steps * 0.99)] / 1e3,
        "log_max_us": times[-1] / 1e3,
        "cpu_us_a_step": (_cpu() - used) * 1e6 / steps,
        "logged_points_a_second": steps * metrics / (logged - began),
        "sent_points_a_second": steps * metrics / (ended - began),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    """Measure and print one figure a line, or all as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--metrics", type=int, default=5)
    parser.add_argument("--url", help="a real server; its key is in SWEEPDECK_API_KEY")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    server = None
    if options.url:
        os.environ["SWEEPDECK_BASE_URL"] = options.url
    else:
        server = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True)
        os.environ |= {"SWEEPDECK_BASE_URL": server.stdout.readline().strip(), "SWEEPDECK_API_KEY": "k" * 43}
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["SWEEPDECK_SPOOL_DIR"] = folder
            figures = measure(options.steps, options.metrics)
    finally:
        if server is not None:
            server.terminate()
            server.wait()
    if options.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:24} {figure:14,.1f}")


if __name__ == "__main__":
    main()
