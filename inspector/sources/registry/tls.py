"""Whom to trust: the system's certificates, certifi's, and what docker and podman are told about single registries."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter

from inspector.errors import BadSetting

CERTIFICATE_FOLDERS = (
    "/etc/docker/certs.d",
    "~/.config/docker/certs.d",  # rootless docker
    "~/.docker/certs.d",  # Docker Desktop
    "/etc/containers/certs.d",
    "~/.config/containers/certs.d",
)
"""Each has a folder per HOST[:PORT] with `*.crt` of authorities and `*.cert` with `*.key` of the client
(docs.docker.com/engine/security/certificates, containers-certs.d(5))."""


def tls_context(host: str | None, *, insecure: bool) -> ssl.SSLContext:
    """The TLS settings for a registry, or with None for the hosts that it sends us to.

    SSL_CERT_FILE and SSL_CERT_DIR count, as they do for OpenSSL.

    Raises BadSetting for a certificate file that cannot be used.
    """
    context = ssl.create_default_context()
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    for base in CERTIFICATE_FOLDERS if host else ():
        folder = Path(base).expanduser() / (host or "")
        for path in sorted(folder.glob("*.c*rt")):
            try:
                if path.suffix == ".crt":
                    context.load_verify_locations(path)
                else:
                    context.load_cert_chain(path, path.with_suffix(".key"))
            except OSError as error:  # ssl.SSLError is one
                reason = error.strerror or str(error)
                raise BadSetting(f"cannot use the certificate {path}: {reason}", "replace it") from None
    return context


class TlsAdapter(HTTPAdapter):
    """Requests' connections, with TLS settings of ours. Requests adds certifi's authorities to them, or instead
    of those the file that REQUESTS_CA_BUNDLE names."""

    def __init__(self, context: ssl.SSLContext, connections: int) -> None:
        self._context = context
        super().__init__(pool_maxsize=connections)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=self._context, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._context, **options)
