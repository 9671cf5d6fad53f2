"""HTTP to one registry, by requests: TLS or not, redirects, authentication, trying again, and the end of waiting."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests import Response
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError, InsecureRequestWarning

from inspector import __version__
from inspector.errors import SourceUnavailable
from inspector.sources.registry.authentication import Authentication
from inspector.sources.registry.credentials import find_credentials
from inspector.sources.registry.image_name import RegistryName, is_loopback
from inspector.sources.registry.problems import refused, speaks_no_tls, unreachable
from inspector.sources.registry.retry import Pause, Retries, TryLater
from inspector.sources.registry.tls import TlsAdapter, tls_context
from inspector.sources.sessions import close_session

CONNECTIONS = 16
"""Kept open at most; more than the threads that read layers."""

CONNECT_SECONDS = 10.0
HURRIED_SECONDS = 3.0
"""Until a connection stands; less when the registry is only the last of several places to look at."""

SILENCE_SECONDS = 20.0
"""Without a byte, then the connection counts as lost and is made anew."""

MAX_REDIRECTS = 5
MAX_TOKEN = 1 << 20
"""Bytes of a token server's answer; tokens are some kB."""

NO_PROXY: Any = {"http": None, "https": None, "all": None}
"""For requests, in place of the proxies that the environment names; those do not reach this machine's loopback."""

REDIRECTS = (301, 302, 303, 307, 308)
ANSWERS = (200, 206, 404)
"""Statuses that callers deal with; all others are refusals."""


class Transport:
    """Answers of one registry about one repository. Used from several threads."""

    def __init__(self, name: RegistryName, *, insecure: bool, hurried: bool) -> None:
        self.host = name.api_host
        self._login_host = name.host
        self._insecure = insecure
        self._hurried = hurried
        self._plain_allowed = insecure or is_loopback(self.host)
        self._scheme = "https"
        self._answered = False
        self._session = self._new_session()
        credentials = find_credentials(name.host, name.repository)
        self._authentication = Authentication(name.repository, credentials, self._ask_token_server)
        self._open: set[Response] = set()
        self._lock = Lock()

    @contextmanager
    def get(self, path: str, pause: Pause = time.sleep, headers: Mapping[str, str] = {}) -> Iterator[Response]:
        """The answer to GET `/v2/…`, its body not yet read: a success or 404.

        Failures that pass are waited for, except the very first contact: a registry that is not there is told at
        once. Raises SourceUnavailable.
        """
        response = self._get(path, Retries(pause), headers)
        with self._lock:
            self._open.add(response)
        try:
            yield response
        finally:
            with self._lock:
                self._open.discard(response)
            response.close()

    def interrupt(self) -> None:
        """End the waits of all threads for bytes: their reads fail."""
        with self._lock:
            for response in self._open:
                shutdown = getattr(response.raw, "shutdown", None)  # urllib3 has it since 2.3
                with suppress(Exception):
                    (shutdown or response.raw.close)()

    def close(self) -> None:
        close_session(self._session)

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.headers["User-Agent"] = f"leaninspect/{__version__}"
        # bodies as they are: a digest is that of the bytes sent
        session.headers["Accept-Encoding"] = "identity"
        # requests would look into ~/.netrc, also for the host of a redirect
        session.auth = lambda request: request
        if self._insecure:
            urllib3.disable_warnings(InsecureRequestWarning)
        for prefix, host in (("https://", None), (f"{self._base}/", self.host)):
            session.mount(prefix, TlsAdapter(tls_context(host, insecure=self._insecure), CONNECTIONS))
        return session

    def _get(self, path: str, retries: Retries, headers: Mapping[str, str]) -> Response:
        while True:
            try:
                response = self._authorized(path, headers)
                self._answered = True
                if response.status_code in ANSWERS:
                    return response
                with response:
                    raise refused(self.host, self._login_host, response)
            except TryLater as later:
                if self._hurried:
                    raise
                retries.failed(later)
            except (RequestException, HTTPError) as error:
                failure = unreachable(self.host, error)
                if not self._answered:
                    raise failure from None
                retries.failed(failure)

    def _authorized(self, path: str, headers: Mapping[str, str]) -> Response:
        """The answer; after a 401 that can be answered, the one to a second try. A fresh token may be refused too."""
        authorization = self._authentication.header
        response = self._follow(path, headers, authorization)
        if response.status_code != 401 or _origin(response.url) != _origin(self._base):
            return response
        challenge = response.headers.get("WWW-Authenticate", "")
        try:
            renewed = self._authentication.renew(authorization, challenge)
        except BaseException:
            response.close()
            raise
        if not renewed:
            return response
        response.close()
        return self._follow(path, headers, self._authentication.header)

    def _follow(self, path: str, headers: Mapping[str, str], authorization: str | None) -> Response:
        """The answer where the redirects lead; the Authorization goes to the registry itself and nowhere else."""
        try:
            base = self._base
            url = urljoin(base, path)
            for _ in range(MAX_REDIRECTS):
                sent = dict(headers)
                if authorization and _origin(url) == _origin(base):
                    sent["Authorization"] = authorization
                response = self._send("GET", url, sent)
                location = response.headers.get("Location")
                if response.status_code not in REDIRECTS or not location:
                    return response
                response.close()
                url = urljoin(url, location)
                self._require_tls(url, "redirects to")
        except requests.ConnectionError as error:
            if self._plain_allowed and self._scheme == "https" and not self._answered and speaks_no_tls(error):
                self._scheme = "http"
                return self._follow(path, headers, authorization)
            raise
        raise SourceUnavailable(f"{self.host} redirects more than {MAX_REDIRECTS} times", "try later")

    @property
    def _base(self) -> str:
        return f"{self._scheme}://{self.host}"

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
    ) -> Response:
        direct = is_loopback(urlsplit(url).netloc)
        seconds = HURRIED_SECONDS if self._hurried and not self._answered else CONNECT_SECONDS
        return self._session.request(
            method,
            url,
            headers=dict(headers),
            data=form,
            stream=True,
            allow_redirects=False,
            timeout=(seconds, SILENCE_SECONDS),
            verify=False if self._insecure else None,
            proxies=NO_PROXY if direct else None,
        )

    def _ask_token_server(
        self, url: str, parameters: Mapping[str, str], authorization: str | None, *, post: bool
    ) -> bytes:
        """See TokenServer. What it is asked never follows a redirect: it has the person's password in it."""
        url = urljoin(self._base, url)
        host = urlsplit(url).netloc
        self._require_tls(url, "wants credentials sent to")
        headers = {"Authorization": authorization} if authorization else {}
        if not post:
            url = requests.Request("GET", url, params=parameters).prepare().url or url
        try:
            response = self._send("POST" if post else "GET", url, headers, parameters if post else None)
            with response:
                if not response.ok:
                    raise refused(host, self._login_host, response)
                return bytes(response.raw.read(MAX_TOKEN, decode_content=True))
        except RequestException as error:
            raise unreachable(host, error) from None

    def _require_tls(self, url: str, does: str) -> None:
        """Raises SourceUnavailable when a registry met over TLS would lead us off it."""
        parts = urlsplit(url)
        if parts.scheme == "https" or (parts.scheme == "http" and (self._insecure or is_loopback(parts.netloc))):
            return
        raise SourceUnavailable(
            f"{self.host} {does} {parts.scheme}://{parts.netloc}, which is not encrypted",
            "--insecure allows it, if you trust the network",
        )


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """RFC 6454: scheme, host and port."""
    parts = urlsplit(url)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default
