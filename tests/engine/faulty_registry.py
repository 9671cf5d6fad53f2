"""A proxy before a real registry that fails as real networks and registries do, and notes all it is asked."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Answer:
    """What the real registry says to a request."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    path: str
    headers: dict[str, str]


Fault = Callable[[BaseHTTPRequestHandler, Answer], None]
"""Answers a request in the wrong way."""


@dataclass(slots=True)
class Proxy:
    """`faults` are what becomes of the next requests whose path has the text, one each; later ones are served well."""

    address: str
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    closing: Event = field(default_factory=Event)

    def asked_for(self, text: str) -> list[Asked]:
        return [request for request in self.asked if text in request.path]

    def _fault(self, path: str) -> Fault | None:
        for text, faults in self.faults.items():
            if text in path and faults:
                return faults.pop(0)
        return None


@contextmanager
def proxy_before(registry: str, host: str = "127.0.0.1") -> Iterator[Proxy]:
    """A proxy on a loopback address."""
    real_address = registry

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            proxy.asked.append(Asked(self.path, dict(self.headers)))
            fault = proxy._fault(self.path)
            real = _real_answer(registry, self.path, dict(self.headers))
            (fault or serve)(self, real)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        registry = real_address

        def handle_error(self, *_: object) -> None:
            """Clients that go away are part of the tests."""

    with Server((host, 0), Handler) as server:
        proxy = Proxy(f"{host}:{server.server_port}")
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield proxy
        proxy.closing.set()
        server.shutdown()


def serve(handler: BaseHTTPRequestHandler, real: Answer) -> None:
    """As it should be."""
    _send(handler, real.status, real.headers, real.body)


def cut(after: int) -> Fault:
    """The connection breaks off in the body."""

    def fault(handler: BaseHTTPRequestHandler, real: Answer) -> None:
        _send(handler, real.status, real.headers, real.body[:after], length=len(real.body))
        _hang_up(handler)

    return fault


def cut_without_length(after: int) -> Fault:
    """It breaks off, and nothing says how long the body should have been."""

    def fault(handler: BaseHTTPRequestHandler, real: Answer) -> None:
        _send(handler, real.status, real.headers, real.body[:after], length=None)
        _hang_up(handler)

    return fault


def without_ranges(next_fault: Fault = serve) -> Fault:
    """A registry that sends everything whatever part it is asked for."""

    def fault(handler: BaseHTTPRequestHandler, real: Answer) -> None:
        path, headers = handler.path, {k: v for k, v in handler.headers.items() if k != "Range"}
        next_fault(handler, _real_answer(_registry_of(handler), path, headers))

    return fault


def status(code: int, **headers: str) -> Fault:
    """Another status, such as 429 with `Retry_After`."""

    def fault(handler: BaseHTTPRequestHandler, _: Answer) -> None:
        _send(handler, code, {name.replace("_", "-"): value for name, value in headers.items()}, b"{}")

    return fault


def web_page(handler: BaseHTTPRequestHandler, _: Answer) -> None:
    _send(handler, 200, {"Content-Type": "text/html; charset=utf-8"}, b"<!doctype html><p>Please log in</p>")


def damaged(handler: BaseHTTPRequestHandler, real: Answer) -> None:
    """One bit is another, where gzip itself would not mind: in the time of its header (RFC 1952 §2.3)."""
    body = bytearray(real.body)
    body[4] ^= 1
    _send(handler, real.status, real.headers, bytes(body))


def shorter(handler: BaseHTTPRequestHandler, real: Answer) -> None:
    _send(handler, real.status, real.headers, real.body[:-7])


def longer(handler: BaseHTTPRequestHandler, real: Answer) -> None:
    _send(handler, real.status, real.headers, real.body + b"1234567")


def endless(handler: BaseHTTPRequestHandler, real: Answer) -> None:
    """The body, and then zeros until the other side has enough."""
    _send(handler, real.status, real.headers, real.body, length=None)
    while True:
        handler.wfile.write(bytes(1 << 16))


def stalled(proxy: Proxy, after: int) -> Fault:
    """A part of the body, and then nothing more."""

    def fault(handler: BaseHTTPRequestHandler, real: Answer) -> None:
        _send(handler, real.status, real.headers, real.body[:after], length=len(real.body))
        proxy.closing.wait(30)

    return fault


def redirect(target: str, code: int = 307) -> Fault:
    """To the same path on another host."""

    def fault(handler: BaseHTTPRequestHandler, _: Answer) -> None:
        _send(handler, code, {"Location": target + handler.path}, b"")

    return fault


def _send(
    handler: BaseHTTPRequestHandler, code: int, headers: dict[str, str], body: bytes, length: int | None = -1
) -> None:
    """`length` is what Content-Length says: -1 the truth, None nothing."""
    handler.send_response(code)
    for name, value in headers.items():
        if name.lower() not in ("content-length", "connection", "date"):
            handler.send_header(name, value)
    if length is None:
        handler.send_header("Connection", "close")
    else:
        handler.send_header("Content-Length", str(len(body) if length < 0 else length))
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()


def _hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def _registry_of(handler: BaseHTTPRequestHandler) -> str:
    return str(handler.server.registry)  # type: ignore[attr-defined]


def _real_answer(registry: str, path: str, headers: dict[str, str]) -> Answer:
    with closing(http.client.HTTPConnection(registry, timeout=20)) as connection:
        connection.request("GET", path, headers={k: v for k, v in headers.items() if k.lower() != "connection"})
        with connection.getresponse() as response:
            return Answer(response.status, dict(response.getheaders()), response.read())
