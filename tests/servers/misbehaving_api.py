"""A local HTTP server that misbehaves in every way that a pull has to live with, once each."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "s3cret-t0ken"
USER = "me"
SIZE = 10
USERS = [
    {
        "id": n,
        "name": f"Ada Byron {n}",
        "email": f"ada{n}@example.org",
        "address": {"city": "Oslo" if n % 2 else "Bergen", "geo": {"lat": n / 7}},
        "tags": [f"t{n % 3}", "all"],
        "orders": [
            {"sku": f"s{n}-{i}", "lines": [{"amount": i + 1}, {"amount": i + 2}]}
            for i in range(n % 3)
        ],
    }
    for n in range(1, 48)
]
POSTS = {
    user["id"]: [{"id": user["id"] * 100 + i, "title": f"T{i}"} for i in range(3)] for user in USERS
}


@dataclass
class Server:
    """Where it listens, which paths were asked for, and what it still has to do wrong."""

    port: int
    asked: list[str] = field(default_factory=list)
    failures: dict[str, list[str]] = field(default_factory=dict)
    delay: float = 0.0

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def misbehaving_api() -> Iterator[Server]:
    """Run the server on a free port of 127.0.0.1 until the block ends."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    http.state = Server(http.server_address[1])  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield http.state  # type: ignore[attr-defined]
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        state: Server = self.server.state  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        state.asked.append(self.path)
        time.sleep(state.delay)
        if not self._knows(query):
            self._send({"error": "no"}, status=401)
            return
        waiting = state.failures.get(parts.path, [])
        if waiting:
            self._fail(waiting.pop(0))
            return
        self._serve(state, parts.path, query)

    def _knows(self, query: dict[str, str]) -> bool:
        """Say whether the caller shows the token, in one of the four ways."""
        basic = base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
        return (
            self.headers.get("Authorization") in (f"Bearer {TOKEN}", f"Basic {basic}")
            or self.headers.get("X-Api-Key") == TOKEN
            or query.get("api_key") == TOKEN
        )

    def _serve(self, state: Server, path: str, query: dict[str, str]) -> None:
        page = int(query.get("page", 1))
        if path == "/users":
            begin = (page - 1) * SIZE - (1 if page > 1 else 0)  # a user was added: pages overlap
            self._send(
                {
                    "data": USERS[max(0, begin) : page * SIZE - (1 if page > 1 else 0)]
                    if begin < len(USERS)
                    else []
                }
            )
        elif path.startswith("/users/"):
            self._send(POSTS[int(path.split("/")[2])])
        elif path == "/cursor":
            at = int(query.get("cursor", 0))
            after = at + 7 if at + 7 < 20 else None
            self._send({"items": [{"id": n} for n in range(at, min(at + 7, 20))], "after": after})
        elif path == "/offset":
            at = int(query.get("offset", 0))
            self._send([{"id": n} for n in range(at, min(at + 7, 20))])
        elif path == "/link":
            more = {"Link": f'<{state.url}/link?page={page + 1}>; rel="next"'} if page < 3 else {}
            self._send([{"id": page}], headers=more)
        elif path == "/next":
            key = f"&api_key={query['api_key']}" if "api_key" in query else ""
            self._send(
                {"items": [{"id": page}], "next": f"?page={page + 1}{key}" if page < 3 else None}
            )
        elif path == "/endless":
            self._send({"items": [{"id": page}], "next": "/endless?page=2"})
        elif path == "/ignores":
            self._send([{"id": 1}])
        elif path == "/elsewhere":
            self._send({}, status=302, headers={"Location": "http://localhost.invalid/x"})
        else:
            self._send({"error": "nothing"}, status=404)

    def _fail(self, how: str) -> None:
        if how == "429":
            self._send({}, status=429, headers={"Retry-After": "1"})
        elif how == "429 date":
            date = formatdate(time.time() + 1, usegmt=True)
            self._send({}, status=429, headers={"Retry-After": date})
        elif how == "500":
            self._send({}, status=500)
        elif how == "slow":
            time.sleep(1.0)
        elif how == "broken":
            self._send(b'{"data": [{"id": 1')
        elif how == "truncated":
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"data": []}')
        elif how == "html":
            self._send(b"<p>Wait</p>", kind="text/html")
        else:
            raise AssertionError(how)

    def _send(
        self,
        body: Any,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
    ) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
