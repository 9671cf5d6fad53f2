"""Whose fault an error is while an engine streams an image: the connection's, or that of the bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import docker
import pytest
from msgspec.structs import replace

from inspector.errors import ImageNotFound, SourceUnavailable
from inspector.image.platform import parse_platform
from inspector.sources.engine import DOCKER, engine_stream, require_platform
from inspector.sources.protocol import do_not_poll

UNASKED = replace(DOCKER, connect=lambda: docker.DockerClient("tcp://127.0.0.1:1", version="1.41"))
"""An engine whose client is made and never asked anything: the stream is the test's own."""


def test_an_error_of_the_connection_is_the_engines():
    def breaking(_: docker.DockerClient) -> Iterator[bytes]:
        yield b"a"
        raise ConnectionResetError("reset by peer")

    with engine_stream(UNASKED, breaking, do_not_poll) as chunks:
        taken = iter(chunks)
        assert next(taken) == b"a"
        with pytest.raises(SourceUnavailable, match="Docker Engine cannot be reached: reset by peer"):
            next(taken)


def test_an_error_of_reading_the_images_bytes_is_not_the_engines():
    def whole(_: docker.DockerClient) -> Iterable[bytes]:
        return [b"a", b"b"]

    with (
        pytest.raises(ValueError, match="not base64"),
        engine_stream(UNASKED, whole, do_not_poll) as chunks,
    ):
        for _ in chunks:
            raise ValueError("not base64")


def test_an_image_without_an_architecture_is_not_the_platform_that_is_asked_for():
    with pytest.raises(ImageNotFound) as caught:
        require_platform(DOCKER, "app:1", {"Os": "linux"}, parse_platform("linux/amd64"))
    assert caught.value.message == "Docker Engine does not say for which platform app:1 is"
