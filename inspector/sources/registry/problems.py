"""What went wrong between us and a registry, in one line and a hint."""

from __future__ import annotations

import re

import msgspec
from requests import Response
from requests.exceptions import ConnectTimeout, ProxyError, ReadTimeout, RequestException, SSLError
from urllib3.exceptions import HTTPError, ReadTimeoutError

from inspector.errors import SourceUnavailable
from inspector.sources.registry.retry import TryLater, retry_after

_UNKNOWN_HOST = re.compile(r"NameResolutionError|getaddrinfo|Name or service not known|nodename nor servname")
_ERRNO = re.compile(r"\[Errno -?\d+\] ([^'\")>]+)")

READ_AT_MOST = 64 << 10
"""Bytes of an error's body that are looked at."""


PASSING = (408, 429, 500, 502, 503, 504)
"""Statuses that may be better next time."""


def unreachable(host: str, error: Exception) -> SourceUnavailable:
    """For a request that got no answer, or whose answer broke off."""
    text = str(error)
    if isinstance(error, SSLError) or "SSLError" in text:
        return _distrusted(host, text)
    if isinstance(error, ProxyError):
        return SourceUnavailable(f"the proxy does not connect to {host}", "check HTTPS_PROXY and NO_PROXY")
    if _UNKNOWN_HOST.search(text):
        return SourceUnavailable(f"the registry {host} is unknown to DNS", "check the name and the network")
    if isinstance(error, ConnectTimeout | ReadTimeout | ReadTimeoutError) or "timed out" in text:
        return SourceUnavailable(f"the registry {host} does not answer", "check the network, or try later")
    if "Connection refused" in text or "actively refused" in text:
        return SourceUnavailable(f"no registry runs at {host}: connection refused", "check its name and port")
    found = _ERRNO.search(text)
    reason = found[1].strip().lower() if found else "the connection broke off"
    return SourceUnavailable(f"the registry {host} cannot be reached: {reason}", "check the network, or try later")


def speaks_no_tls(error: RequestException) -> bool:
    """Whether the other side answered a TLS greeting as a plain HTTP server does: in plain text, or by hanging up."""
    text = str(error)
    if "CERTIFICATE" in text:
        return False
    return isinstance(error, SSLError) or "Connection reset" in text or "RemoteDisconnected" in text


def _distrusted(host: str, text: str) -> SourceUnavailable:
    if "CERTIFICATE_VERIFY_FAILED" in text:
        reason = text.partition("certificate verify failed:")[2].partition("(_ssl")[0].strip() or "unknown authority"
        return SourceUnavailable(
            f"the certificate of {host} is not trusted: {reason}",
            f"put its authority's into /etc/docker/certs.d/{host}/ca.crt or name it by SSL_CERT_FILE; or --insecure",
        )
    return SourceUnavailable(
        f"{host} does not speak TLS as expected", "--insecure allows plain HTTP, if you trust the network"
    )


def refused(host: str, login_host: str, response: Response) -> SourceUnavailable:
    """For an answer with an error status, other than 404; a TryLater when it may pass."""
    failure = _refused(host, login_host, response)
    if response.status_code in PASSING:
        return TryLater(failure, retry_after(response.headers.get("Retry-After")))
    return failure


def _refused(host: str, login_host: str, response: Response) -> SourceUnavailable:
    status, reason = response.status_code, _reason(response)
    if status in (401, 403):
        return SourceUnavailable(
            f"{host} denies access: {reason or 'the image is private, or there is none of this name'}",
            f"log in: docker login {login_host}",
        )
    if status == 429:
        return SourceUnavailable(
            f"{host} allows no more downloads for now (429)", f"wait, or log in: docker login {login_host}"
        )
    if status >= 500:
        return SourceUnavailable(f"{host} has an error of its own ({status})", "try later")
    return SourceUnavailable(f"{host} answers {status}{f': {reason}' if reason else ''}", "is it a registry?")


def no_registry(host: str) -> SourceUnavailable:
    """For an answer that no registry gives, such as a web page."""
    return SourceUnavailable(f"{host} is no registry: it answers with a web page", "check the name and its port")


def is_web_page(response: Response) -> bool:
    return "html" in response.headers.get("Content-Type", "")


class _Error(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Errors(msgspec.Struct):
    errors: list[_Error] = []


_errors = msgspec.json.Decoder(_Errors)


def _reason(response: Response) -> str:
    """The first error's message in the body (distribution-spec, Error Codes), without line breaks."""
    try:
        body = response.raw.read(READ_AT_MOST, decode_content=True)
        errors = _errors.decode(body).errors
    except (HTTPError, OSError, msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return " ".join((errors[0].message or errors[0].code).split())[:200] if errors else ""
