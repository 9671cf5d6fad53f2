"""A real registry (Debian's docker-registry) on loopback: open, or behind passwords, TLS or a token server."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from .parts import free_port, listens, need, run, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER, PASSWORD = "ada", "s3cret:with colon"
REFRESH_TOKEN = "identity-token-of-ada"


@dataclass(frozen=True, slots=True)
class Registry:
    """A running registry. `address` is HOST:PORT."""

    address: str

    def push(self, source: str, name: str, *options: str) -> None:
        """Copy an image in, by skopeo: only to registries without TLS and passwords."""
        target = f"docker://{self.address}/{name}"
        run("skopeo", "copy", "-q", "--insecure-policy", "--dest-tls-verify=false", *options, source, target)


@contextmanager
def running_registry(folder: Path, storage: Path, **settings: Any) -> Iterator[Registry]:
    """A registry over a storage folder that others may share; `settings` are sections of its configuration."""
    need("docker-registry", "skopeo")
    port = free_port()
    config = {
        "version": "0.1",
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(storage)}},
        **settings,
        "http": {"addr": f"127.0.0.1:{port}", **settings.get("http", {})},
    }
    folder.mkdir(exist_ok=True)
    path = folder / f"registry-{port}.json"
    path.write_text(json.dumps(config))  # JSON is YAML
    with running(["docker-registry", "serve", str(path)], folder / f"registry-{port}.log", lambda: listens(port)):
        yield Registry(f"127.0.0.1:{port}")


def htpasswd(folder: Path) -> dict[str, Any]:
    """The setting for one user with a password."""
    need("htpasswd")
    path = folder / "htpasswd"
    path.write_text(run("htpasswd", "-Bbn", USER, PASSWORD))
    return {"auth": {"htpasswd": {"realm": "a registry", "path": str(path)}}}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A key and a certificate for 127.0.0.1, and the private authority's own certificate."""

    key: Path
    certificate: Path
    authority: Path


def private_certificate(folder: Path) -> Certificate:
    """Made by openssl: an authority nobody trusts, and what it signed."""
    need("openssl")
    made = Certificate(folder / "server.key", folder / "server.crt", folder / "ca.crt")
    authority_key, request, extensions = folder / "ca.key", folder / "server.csr", folder / "extensions"
    new = ("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-batch")
    run(*new, "-x509", "-days", "2", "-subj", "/CN=a private authority", "-keyout", str(authority_key),
        "-out", str(made.authority))  # fmt: skip
    run(*new, "-subj", "/CN=127.0.0.1", "-keyout", str(made.key), "-out", str(request))
    extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    run("openssl", "x509", "-req", "-days", "2", "-in", str(request), "-CA", str(made.authority), "-CAkey",
        str(authority_key), "-CAcreateserial", "-extfile", str(extensions), "-out", str(made.certificate))  # fmt: skip
    return made


@dataclass(frozen=True, slots=True)
class TokenServer:
    """A token server, what was asked of it (`asked`: method, parameters, Authorization), and the registry's setting."""

    url: str
    asked: list[tuple[str, dict[str, str], str | None]]
    setting: dict[str, Any]


@contextmanager
def token_server(folder: Path, *, seconds: int = 300) -> Iterator[TokenServer]:
    """It gives pull access to the user by password or identity token, and to nobody else (distribution spec/auth).

    Tokens are JWTs signed by a key of its own, which the registry verifies; they are good for so many seconds.
    """
    need("openssl")
    key, certificate = folder / "token.key", folder / "token.crt"
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-batch", "-days", "2", "-subj", "/CN=tokens",
        "-keyout", str(key), "-out", str(certificate))  # fmt: skip
    chain = "".join(certificate.read_text().splitlines()[1:-1])
    asked: list[tuple[str, dict[str, str], str | None]] = []
    basic = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, query: str) -> None:
            parameters = {name: values[0] for name, values in parse_qs(query).items()}
            authorization = self.headers["Authorization"]
            asked.append((self.command, parameters, authorization))
            if self.command == "GET":
                allowed = authorization == basic
            else:
                allowed = parameters.get("refresh_token") == REFRESH_TOKEN and authorization is None
            if not allowed and authorization is not None:
                self._send(401, {"errors": [{"code": "UNAUTHORIZED", "message": "incorrect username or password"}]})
                return
            token = _signed(key, chain, _claims(parameters, seconds, allowed=allowed))
            self._send(200, {"token": token} if self.command == "GET" else {"access_token": token})

        def _send(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/token"
        auth = {"realm": url, "service": "the registry", "issuer": "tokens", "rootcertbundle": str(certificate)}
        yield TokenServer(url, asked, {"auth": {"token": auth}})
        server.shutdown()


def _claims(parameters: dict[str, str], seconds: int, *, allowed: bool) -> dict[str, Any]:
    kind, name, actions = parameters["scope"].split(":")
    now = int(time.time())
    return {
        "iss": "tokens",
        "sub": USER,
        "aud": parameters["service"],
        "nbf": now - 10,
        "iat": now,
        "exp": now + seconds,
        "jti": str(time.time_ns()),
        "access": [{"type": kind, "name": name, "actions": actions.split(",")}] if allowed else [],
    }


def _signed(key: Path, chain: str, claims: dict[str, Any]) -> str:
    """A JSON Web Token by RS256 (RFC 7515, RFC 7519)."""
    parts = ({"typ": "JWT", "alg": "RS256", "x5c": [chain]}, claims)
    text = ".".join(_base64url(json.dumps(part).encode()) for part in parts)
    signature = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", str(key)], input=text.encode(), capture_output=True, check=True
    ).stdout
    return f"{text}.{_base64url(signature)}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
