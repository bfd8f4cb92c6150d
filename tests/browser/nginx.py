"""nginx with the configuration that docs/deployment.md recommends, on a free port of this machine."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRAME = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


class Nginx:
    """A proxy in front of `upstream`; skips the test where there is no nginx, but not in CI."""

    def __init__(self, folder: Path, upstream: str):
        if shutil.which("nginx") is None:
            if os.environ.get("CI") == "true":
                pytest.fail("nginx is missing")
            pytest.skip("needs nginx")
        self._folder = folder
        self._listener = socket.create_server(("127.0.0.1", 0))  # keeps the port until nginx takes it
        self._port = self._listener.getsockname()[1]
        self.url = f"https://127.0.0.1:{self._port}"
        self._process = None
        self._make_certificate()
        (folder / "nginx.conf").write_text(FRAME.format(folder=folder, server=self._server(urlsplit(upstream).netloc)))

    def _make_certificate(self) -> None:
        names = ["-keyout", str(self._folder / "key.pem"), "-out", str(self._folder / "certificate.pem")]
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"]
        subprocess.run([*request, *names], check=True, capture_output=True)

    def _server(self, upstream: str) -> str:
        """Return the documented server with this machine's names in it, each of which has to be there."""
        text = re.search(r"^server \{\n    listen 443.*?^\}", _documented(), re.DOTALL | re.MULTILINE).group()
        for old, new in {
            "listen 443 ssl http2": f"listen 127.0.0.1:{self._port} ssl http2",
            "/etc/ssl/sweeps.pem": f"{self._folder}/certificate.pem",
            "/etc/ssl/sweeps.key": f"{self._folder}/key.pem",
            "server_name sweeps.example.org": "server_name 127.0.0.1",
            "http://127.0.0.1:8000": f"http://{upstream}",
        }.items():
            assert text.count(old) == 1, f"docs/deployment.md has no {old!r}"
            text = text.replace(old, new)
        return text

    def start(self) -> None:
        """Start, and wait until connections are taken."""
        self._listener.close()
        self._process = subprocess.Popen(
            [
                "nginx",
                "-c",
                str(self._folder / "nginx.conf"),
                "-p",
                str(self._folder),
                "-e",
                f"{self._folder}/start.log",
            ],
        )
        while True:
            assert self._process.poll() is None, (self._folder / "error.log").read_text()
            try:
                socket.create_connection(("127.0.0.1", self._port)).close()
            except ConnectionRefusedError:
                continue
            return

    def kill(self) -> None:
        """Kill it (kill -9)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def _documented() -> str:
    text = (ROOT / "docs" / "deployment.md").read_text()
    return re.search(r"^```nginx\n(.*?)^```", text, re.DOTALL | re.MULTILINE).group(1)
