"""Answers to a registry's `WWW-Authenticate`: basic, or a bearer token from the token server it names.

Specifications: RFC 7617; distribution/docs spec/auth/token.md (GET) and spec/auth/oauth.md (POST, identity tokens).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from threading import Lock
from typing import Protocol

import msgspec
from msgspec import Struct

from inspector.errors import SourceUnavailable
from inspector.sources.registry.credentials import Credentials

CLIENT = "leaninspect"

_CHALLENGE = re.compile(r"(?:^|,)\s*(Basic|Bearer)\b", re.IGNORECASE)
_PARAMETER = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


class Challenge(Struct, frozen=True):
    """One way in: its scheme in lower case, and parameters such as realm, service and scope (RFC 7235 §2.1)."""

    scheme: str
    parameters: Mapping[str, str]


class TokenServer(Protocol):
    """The transport's part: asks an address with or without an Authorization, or posts a form to it."""

    def __call__(self, url: str, parameters: Mapping[str, str], authorization: str | None, *, post: bool) -> bytes:
        """The body of a 200. Raises SourceUnavailable."""
        ...


class _Token(msgspec.Struct):
    token: str = ""
    access_token: str = ""


_token = msgspec.json.Decoder(_Token)


class Authentication:
    """The Authorization header for one repository, got once and shared by the threads that read."""

    def __init__(self, repository: str, credentials: Credentials | None, ask: TokenServer) -> None:
        self._repository, self._credentials, self._ask = repository, credentials, ask
        self._lock = Lock()
        self._header: str | None = None

    @property
    def header(self) -> str | None:
        return self._header

    def renew(self, refused: str | None, challenges: str) -> bool:
        """A new header after the one `refused` was answered with 401; whether there is one to try.

        Another thread may have renewed it meanwhile. Raises SourceUnavailable when the token server fails.
        """
        with self._lock:
            if self._header != refused:
                return True
            fresh = self._answer(parse_challenges(challenges))
            if fresh is None or fresh == refused:
                return False
            self._header = fresh
            return True

    def _answer(self, challenges: list[Challenge]) -> str | None:
        by_scheme = {challenge.scheme: challenge for challenge in challenges}
        if bearer := by_scheme.get("bearer"):
            return self._bearer(bearer.parameters)
        if "basic" in by_scheme and self._credentials and self._credentials.username:
            return self._credentials.basic
        return None

    def _bearer(self, parameters: Mapping[str, str]) -> str | None:
        realm = parameters.get("realm")
        if not realm:
            return None
        wanted = {"scope": parameters.get("scope") or f"repository:{self._repository}:pull", "client_id": CLIENT}
        if service := parameters.get("service"):
            wanted["service"] = service
        credentials = self._credentials
        if credentials and credentials.identity_token:
            exchange = {"grant_type": "refresh_token", "refresh_token": credentials.identity_token}
            body = self._ask(realm, wanted | exchange, None, post=True)
        else:
            body = self._ask(realm, wanted, credentials.basic if credentials else None, post=False)
        try:
            answer = _token.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise SourceUnavailable(f"the token server {realm} answers with something else than a token") from None
        token = answer.token or answer.access_token
        return f"Bearer {token}" if token and token.isascii() and token.isprintable() else None


def parse_challenges(header: str) -> list[Challenge]:
    """The basic and bearer challenges in a `WWW-Authenticate`; several headers come joined by commas."""
    starts = list(_CHALLENGE.finditer(header))
    ends = [start.start() for start in starts[1:]] + [len(header)]
    return [
        Challenge(
            start[1].lower(),
            {key.lower(): quoted or plain for key, quoted, plain in _PARAMETER.findall(header, start.end(), end)},
        )
        for start, end in zip(starts, ends, strict=False)
    ]
