"""As much of S3 as a storage of files needs, in a thread: a bucket in memory, asked by real HTTP."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_DATE = "Thu, 01 Jan 2026 00:00:00 GMT"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        size = int(self.headers["Content-Length"])
        if self.server.is_broken:
            self.rfile.read(size)
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
            return
        self.server.objects[self._key()] = self.rfile.read(size)
        self._answer(200)

    def do_GET(self):
        if "list-type" in urlsplit(self.path).query or "prefix" in urlsplit(self.path).query:
            self._list(parse_qs(urlsplit(self.path).query))
            return
        content = self.server.objects.get(self._key())
        if content is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self._answer(200, content)

    def do_HEAD(self):
        self.do_GET()

    def do_DELETE(self):
        self.server.objects.pop(self._key(), None)
        self._answer(204)

    def _list(self, query):
        prefix, delimiter = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
        keys, folders = [], set()
        for key in sorted(self.server.objects):
            bucket, _, name = key.partition("/")
            if bucket == "bucket" and name.startswith(prefix):
                head, cut, _ = name[len(prefix) :].partition(delimiter)
                folders.add(prefix + head + delimiter) if cut else keys.append(name)
        parts = [f"<Contents><Key>{escape(key)}</Key></Contents>" for key in keys]
        parts += [f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in sorted(folders)]
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(parts)}</ListBucketResult>"
        self._answer(200, body.encode())

    def _key(self):
        return unquote(urlsplit(self.path).path).lstrip("/")

    def _answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", _DATE)
        self.send_header("ETag", '"etag"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def fake_s3():
    """Yield a server with `address` and `objects` by name, the bucket's in front; `is_broken` makes it refuse."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.objects, server.is_broken = {}, False
    server.address = f"s3+http://key:secret@127.0.0.1:{server.server_address[1]}/bucket/folder?region=eu-1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
