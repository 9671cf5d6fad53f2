"""Docker Engine over SSH as the docker CLI reaches it: `ssh HOST docker system dial-stdio` carries the API's bytes.

The machine's own ssh is used, with its configuration, keys and agent; no library has those all. The SDK's own way
needs paramiko even where it calls ssh.
"""

from __future__ import annotations

import socket
import subprocess
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from inspector.errors import BadSetting

BASE_URL = "http://docker.over.ssh:2375"
"""What requests are addressed to; the name is never looked up."""

CONNECT_SECONDS = 30
"""As the docker CLI has it."""


def ssh_command(address: str) -> list[str]:
    """`ssh://[USER@]HOST[:PORT]` → the command whose stdin and stdout are a connection to the engine there.

    BatchMode, since a question of ssh's would appear in the middle of our UI. Raises BadSetting.
    """
    parts = urlsplit(address)
    if not parts.hostname or parts.hostname.startswith("-") or (parts.username or "").startswith("-"):
        raise BadSetting(f"{address} is no SSH address", "write ssh://USER@HOST")
    user = ["-l", parts.username] if parts.username else []
    port = ["-p", str(parts.port)] if parts.port else []
    options = ["-T", "-o", f"ConnectTimeout={CONNECT_SECONDS}", "-o", "BatchMode=yes"]
    return ["ssh", *options, *user, *port, "--", parts.hostname, "docker", "system", "dial-stdio"]


class SshAdapter(HTTPAdapter):
    """Carries requests to BASE_URL through processes of ssh, one per connection."""

    def __init__(self, address: str, timeout: float) -> None:
        command = ssh_command(address)
        self._complaints = TemporaryFile()  # noqa: SIM115 (open as long as the adapter)
        self._pool = _Pool(command, self._complaints, timeout)
        self.complaint = ""
        """The last line that ssh, or docker there, wrote to stderr; known once the adapter is closed."""
        super().__init__()

    def get_connection_with_tls_context(self, *_arguments: Any, **_options: Any) -> _Pool:
        return self._pool

    def request_url(self, request: Any, proxies: Any) -> str:  # noqa: ARG002
        return str(request.path_url)

    def close(self) -> None:
        self._pool.close()
        super().close()
        if not self._complaints.closed:
            self._complaints.seek(0)
            lines = self._complaints.read().decode(errors="replace").strip().splitlines()
            self.complaint = lines[-1] if lines else ""
            self._complaints.close()


class _Pool(HTTPConnectionPool):
    def __init__(self, command: list[str], complaints: IO[bytes], timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._command, self._complaints, self._seconds = command, complaints, timeout
        self._connections: list[_Connection] = []

    def _new_conn(self) -> _Connection:
        connection = _Connection(self._command, self._complaints, self._seconds)
        self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Ends every ssh, also one whose answer is still being read."""
        for connection in self._connections:
            connection.close()
        super().close()


class _Connection(HTTPConnection):
    def __init__(self, command: list[str], complaints: IO[bytes], timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._command, self._complaints, self._seconds = command, complaints, timeout
        self._process: subprocess.Popen[bytes] | None = None

    def connect(self) -> None:
        """Raises OSError where there is no ssh."""
        ours, theirs = socket.socketpair()
        ours.settimeout(self._seconds)
        with theirs:
            self._process = subprocess.Popen(
                self._command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=self._complaints
            )
        self.sock = ours

    def close(self) -> None:
        super().close()
        if self._process is not None:
            with suppress(OSError):
                self._process.kill()
            self._process.wait()
            self._process = None
