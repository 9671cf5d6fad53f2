"""What an engine streams is waited for as long as the engine lives, and asked for no more often than needed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inspector.content.reading import Contents
from inspector.errors import Cancelled, SourceUnavailable
from inspector.line import inspect_image
from inspector.reference import parse_reference
from inspector.sources import engine as engine_source
from inspector.sources import engine_stream
from inspector.sources.protocol import Options, Progress, ReadEvent
from inspector.sources.resolve import open_source

from .machine import BUSYBOX_TAG

if TYPE_CHECKING:
    from .engine import Engine

pytestmark = pytest.mark.engine

TAG = "leaninspect/test:streams"
FILES = [f"/srv/file-{number}" for number in range(10)]
DOCKERFILE = f"FROM {BUSYBOX_TAG}\n" + "".join(
    f"RUN mkdir -p /srv && for n in {' '.join(FILES[first::4])}; do echo $n in layer {first} > $n; done\n"
    for first in range(4)
)
"""Ten files in four layers."""


class SlowEngine:
    """A real engine behind a socket that holds back the answer to `save`, and counts how often it is asked.

    `silence` is how long it says nothing before the first byte; after `dies` it takes no connection any more.
    """

    def __init__(self, real: Path, path: Path, silence: float, *, dies: bool = False) -> None:
        self.saves = self.pings = 0
        self._real, self._silence, self._dies, self._path = real, silence, dies, path
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self._real))
        threading.Thread(target=self._copy, args=(server, client), daemon=True).start()
        while request := _received(client):
            self.pings += b"/_ping " in request
            if b"/get HTTP" in request.split(b"\r\n", 1)[0]:
                self.saves += 1
                if self._dies:
                    self.close()
                    self._path.unlink()
                time.sleep(self._silence)
            with suppress(OSError):
                server.sendall(request)
        server.close()

    def _copy(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := _received(server):
                client.sendall(data)
        client.close()


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1 << 16)
    except OSError:
        return b""


@contextmanager
def slow(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silence: float, *, dies: bool = False
) -> Iterator[SlowEngine]:
    path = tmp_path / "slow.sock"
    proxy = SlowEngine(engine.socket, path, silence, dies=dies)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    with closing(proxy):
        yield proxy


@pytest.fixture(scope="module")
def image(engine: Engine, busybox: str) -> str:
    engine.build(TAG, DOCKERFILE, buildkit=False)
    return f"docker:{TAG}"


def test_an_engine_that_is_long_silent_before_the_first_byte_is_waited_for(
    engine: Engine, image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than any answer may take otherwise, and meanwhile it is asked whether it lives."""
    monkeypatch.setattr(engine_stream, "PING_SECONDS", 0.3)
    monkeypatch.setattr("inspector.sources.engine_clients.TIMEOUT", 1)
    with slow(engine, tmp_path, monkeypatch, silence=2.5) as proxy:
        inspection = inspect_image(image)
    assert len(inspection.scans) == 5
    assert proxy.pings >= 3


def test_an_engine_that_went_away_while_it_was_silent_is_told(
    engine: Engine, image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_stream, "PING_SECONDS", 0.2)
    started = time.monotonic()
    with slow(engine, tmp_path, monkeypatch, silence=20, dies=True), pytest.raises(SourceUnavailable) as caught:
        inspect_image(image)
    assert caught.value.message.startswith("Docker Engine does not answer any more: ")
    assert time.monotonic() - started < 5


def test_who_stops_while_an_engine_is_silent_stops_at_once(
    engine: Engine, image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = time.monotonic()

    def stop(event: ReadEvent) -> None:
        if isinstance(event, Progress) and time.monotonic() - started > 0.5:
            raise Cancelled

    with slow(engine, tmp_path, monkeypatch, silence=20), pytest.raises(Cancelled):
        inspect_image(image, watch=stop)
    assert time.monotonic() - started < 3


def test_ten_files_of_four_layers_cost_one_export(
    engine: Engine, image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with slow(engine, tmp_path, monkeypatch, silence=0) as proxy:
        inspection = inspect_image(image)
        assert proxy.saves == 1
        contents = Contents(inspection, lambda: open_source(parse_reference(image), Options()))
        wanted = {
            inspection.filesystem.offsets[layer] + row: path
            for layer, entries in enumerate(inspection.filesystem.layers)
            for row, path in enumerate(entries.paths)
            if f"/{path}" in FILES
        }
        found: dict[str, bytes] = {}
        contents.stream(list(wanted), lambda file, pieces: found.update({wanted[file]: b"".join(pieces)}))
        assert proxy.saves == 2
    assert len({inspection.filesystem.locate(file)[0] for file in wanted}) == 4
    assert found == {path[1:]: f"{path} in layer {n % 4}\n".encode() for n, path in enumerate(FILES)}


def test_an_image_without_a_platform_is_taken_as_it_is() -> None:
    engine_source.require_platform(engine_source.DOCKER, "app:1", {"Os": "linux", "Architecture": ""}, None)
