"""A server of the REST API in this process, which fails on demand: what the SDK does then is the point."""

import copy
import gzip
import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from tests.sdk.wire import MEDIA_TYPE, read_columns

KEY = "k" * 43


@dataclass
class Fault:
    """Answer the next `times` requests that match "METHOD /path" by this status, or by none at all."""

    pattern: str
    times: int
    status: int | None
    body: dict[str, Any]
    after: bool = False  # do what was asked for, then lose the answer
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """An error status with its body."""

    def __init__(self, status: int, code: str, detail: str, attr: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"type": "error", "errors": [{"code": code, "detail": detail, "attr": attr}], **extra}


class FakeServer:
    """Holds runs, one sweep and its agents; `configs` is what the sweep hands out."""

    def __init__(self, port: int = 0) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.samples: dict[str, list[dict[str, Any]]] = {}
        self.lines: dict[str, list[list[Any]]] = {}
        self.files: dict[tuple[str, str], bytes] = {}
        self.agents: dict[str, dict[str, Any]] = {}
        self.sweeps: list[dict[str, Any]] = []
        self.configs: list[dict[str, Any]] = []
        self.waits: list[dict[str, Any]] = []
        self.requests: list[tuple[float, str, dict[str, Any]]] = []
        self.faults: list[Fault] = []
        self.claims: dict[str, dict[str, Any]] = {}
        self.lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"fake": self}))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._http.shutdown()
        self._http.server_close()

    def fail(self, pattern: str, status: int | None = None, times: int = 1, **options: Any) -> None:
        """Let requests that match fail; without `status` the connection is cut."""
        body = options.pop("body", {"type": "error", "errors": [{"code": "x", "detail": "a fault.", "attr": None}]})
        self.faults.append(Fault(pattern, times, status, body, **options))

    def heal(self) -> None:
        """Let nothing fail any more."""
        self.faults.clear()

    def asked(self, pattern: str) -> list[dict[str, Any]]:
        """Return the bodies of the requests that match "METHOD /path"."""
        return [body for _, line, body in list(self.requests) if re.fullmatch(pattern, line)]

    def wait_for(self, condition: Any, seconds: float = 10.0) -> Any:
        """Return what `condition()` gives once it is true; fail after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, self.requests[-5:]
            time.sleep(0.01)
        return found

    def fault_for(self, line: str) -> Fault | None:
        """Return the fault that this request meets."""
        for fault in self.faults:
            if fault.times > 0 and re.fullmatch(fault.pattern, line):
                fault.times -= 1
                return fault
        return None

    def answer(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Do what a request asks for."""
        parts = [part for part in path.removeprefix("/api/v1").split("/") if part]
        action = getattr(self, f"_{method.lower()}_{parts[0]}")
        with self.lock:
            return action(parts[1:], body)

    def _get_me(self, parts, body):
        return {"user": "ada", "default_entity": "ada", "entities": [{"name": "ada", "role": "owner"}]}

    def _post_sweeps(self, parts, body):
        if len(parts) == 2:
            self.agents[body["agent_id"]] = body | {"sweep": parts[0]}
            return {"agent_id": body["agent_id"]}
        known = [sweep for sweep in self.sweeps if sweep["request_id"] == body["request_id"]]
        if known:
            return known[0]
        project = body.get("project", "uncategorized")
        self.sweeps.append(
            {
                "sweep_id": f"sweep{len(self.sweeps):03d}",
                "entity": body.get("entity", "ada"),
                "project": project,
                "url": f"{self.url}/ada/{project}/sweeps/x",
                "warnings": [],
                **body,
            }
        )
        return self.sweeps[-1]

    def _get_sweeps(self, parts, body):
        found = [sweep for sweep in self.sweeps if sweep["sweep_id"] == parts[0]]
        if not found:
            raise Refused(404, "not_found", "no such sweep")
        return found[0]

    def _post_agents(self, parts, body):
        agent_id, action = parts
        if action == "heartbeat":
            return {"command": "go", "reason": ""}
        if action == "exit":
            self.agents[agent_id]["exit_reason"] = body.get("reason", "")
            return self.agents[agent_id]
        if body["request_id"] in self.claims:
            return {"command": "run", "run": self.claims[body["request_id"]], "retry_after": 0, "reason": ""}
        if self.waits:
            return self.waits.pop(0)
        if not self.configs:
            return {"command": "exit", "run": None, "retry_after": 0, "reason": "no configurations left"}
        sweep = self.sweeps[-1]
        run = self._new_run(f"swept{len(self.runs):03d}", sweep["entity"], sweep["project"])
        state = "running" if body.get("start") is not None else "pending"
        run |= {"sweep": sweep["sweep_id"], "agent": agent_id, "config": self.configs.pop(0), "state": state}
        run |= body.get("start") or {}
        self.claims[body["request_id"]] = run
        return {"command": "run", "run": run, "retry_after": 0, "reason": ""}

    def _new_run(self, run_id, entity, project):
        facts = {"run_id": run_id, "name": run_id, "entity": entity, "project": project, "state": "running"}
        texts = {"notes": "", "group": "", "job_type": "", "host": "", "program": "", "error": ""}
        rest = {"config": {}, "summary": {}, "tags": [], "sweep": None, "agent": None, "exit_code": None}
        counts = {
            "attempt": 1,
            "requeue_cause": "",
            "history_rows": 0,
            "system_rows": 0,
            "console_lines": 0,
            "last_step": None,
            "url": f"{self.url}/{entity}/{project}/runs/{run_id}",
        }
        self.runs[run_id] = facts | texts | rest | counts
        self.rows[run_id] = []
        self.lines[run_id] = []
        self.samples[run_id] = []
        return self.runs[run_id]

    def _get_runs(self, parts, body):
        if parts[2] not in self.runs:
            raise Refused(404, "not_found", "no such run")
        if parts[3:] and parts[3].startswith("history?"):
            asked = dict(pair.split("=") for pair in parts[3].partition("?")[2].split("&"))
            first = int(asked["after"]) + 1
            return {"rows": self.rows[parts[2]][first : first + int(asked["limit"])]}
        return self.runs[parts[2]]

    def _patch_runs(self, parts, body):
        run = self.runs[parts[2]]
        run["config"] |= body.pop("config", {})
        run |= body
        return run

    def _post_runs(self, parts, body):
        if not parts:
            return self._start(body)
        return getattr(self, f"_run_{parts[3]}")(self.runs[parts[2]], body)

    def _start(self, body):
        run_id = body.pop("run_id")
        run = self.runs.get(run_id)
        if run is None:
            run = self._new_run(run_id, body.get("entity", "ada"), body.get("project", "uncategorized"))
        if run["state"] not in ("pending", "running"):
            raise Refused(409, "conflict", f"run '{run_id}' has ended")
        if body.pop("resume", None) is False:
            self.rows[run_id].clear()
            run |= {"history_rows": 0, "last_step": None, "summary": {}}
        run |= body | {"state": "running"}
        return run

    def _run_history(self, run, body):
        rows = self.rows[run["run_id"]]
        if body["offset"] > len(rows):
            raise Refused(409, "offset_gap", "a gap", expected=len(rows))
        skipped = min(len(rows) - body["offset"], len(body["rows"]))
        rows += body["rows"][skipped:]
        run["summary"] |= body.get("summary", {})
        run |= {"history_rows": len(rows), "last_step": rows[-1]["_step"] if rows else None}
        if "finish" in body:
            self._run_finish(run, body["finish"])
        return {"rows": len(rows), "stop": run.get("stop", False), "skipped": skipped}

    def _put_runs(self, parts, body):
        content, digest = body["content"], body["digest"]
        if hashlib.sha256(content).hexdigest() != digest:
            raise Refused(400, "invalid", "is not that of the body", "X-Content-SHA256")
        if parts[2] not in self.runs:
            raise Refused(404, "not_found", "no such run")
        path = unquote("/".join(parts[4:]))
        self.files[parts[2], path] = content
        return {"path": path, "size": len(content), "digest": digest}

    def _run_system(self, run, body):
        samples = self.samples[run["run_id"]]
        if body["offset"] > len(samples):
            raise Refused(409, "offset_gap", "a gap", expected=len(samples))
        samples += body["rows"][len(samples) - body["offset"] :]
        run["system_rows"] = len(samples)
        return {"rows": len(samples), "stop": run.get("stop", False)}

    def _run_console(self, run, body):
        lines = self.lines[run["run_id"]]
        if body["offset"] > len(lines):
            raise Refused(409, "offset_gap", "a gap", expected=len(lines))
        lines += body["lines"][len(lines) - body["offset"] :]
        run["console_lines"] = len(lines)
        return {"lines": len(lines), "stop": run.get("stop", False)}

    def _run_heartbeat(self, run, body):
        return {"stop": run.get("stop", False)}

    def _run_preempting(self, run, body):
        run["state"] = "preempting"
        return {"preempting": True}

    def _run_finish(self, run, body):
        if run["state"] in ("running", "preempting"):
            if run["state"] == "preempting" and body["exit_code"]:
                body = body | {"state": "preempted"}
            run["state"] = body.get("state") or ("failed" if body["exit_code"] else "finished")
            run |= {"exit_code": body["exit_code"], "error": body.get("error", "")}
            run["summary"] |= body.get("summary", {})
        return run


class _Handler(BaseHTTPRequestHandler):
    fake: FakeServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self):
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length) or b"{}"
        if self.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        body = self._parsed(content)
        line = f"{self.command} {self.path.removeprefix('/api/v1')}"
        self.fake.requests.append((time.monotonic(), line, copy.deepcopy(body)))
        fault = self.fake.fault_for(line)
        if fault is not None and not fault.after:
            self._spoil(fault)
            return
        try:
            status, answer = 200, self.fake.answer(self.command, self.path, body)
        except Refused as refused:
            status, answer = refused.status, refused.body
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            errors = [{"code": "authentication_failed", "detail": "wrong key", "attr": None}]
            status, answer = 401, {"type": "client_error", "errors": errors}
        if fault is not None:
            self._spoil(fault)
            return
        self._send(status, answer)

    def _parsed(self, content):
        if self.command == "PUT":
            return {"content": b"" if content == b"{}" else content, "digest": self.headers["X-Content-SHA256"]}
        return read_columns(content) if self.headers.get("Content-Type") == MEDIA_TYPE else json.loads(content)

    do_GET = do_POST = do_PATCH = do_PUT = _serve  # noqa: N815 (named by the library)

    def _spoil(self, fault):
        if fault.status is None:
            self.close_connection = True
        else:
            self._send(fault.status, fault.body, fault.headers)

    def _send(self, status, answer, headers=()):
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass
