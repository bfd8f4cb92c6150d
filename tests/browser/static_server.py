"""A small server for modules that need no backend: static/ and the test pages, under the policy of the real pages."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"static": ROOT / "static", "pages": ROOT / "tests" / "browser" / "pages"}


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}

    def translate_path(self, path: str) -> str:
        first, _, rest = path.split("?")[0].lstrip("/").partition("/")
        return str(FOLDERS[first] / rest) if first in FOLDERS else str(ROOT / "missing")

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":  # browsers ask for it of their own accord
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *_) -> None:
        """Keep the tests' output quiet."""


class StaticServer:
    """Serves on a free port of this machine while it is entered."""

    def __enter__(self) -> "StaticServer":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(ROOT)))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()
