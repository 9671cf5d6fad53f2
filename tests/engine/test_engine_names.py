"""The names that the shell's completion offers are those that a real engine has."""

from __future__ import annotations

import socket
from pathlib import Path
from time import monotonic

import pytest

from inspector.cli.completion import images
from inspector.sources.engine_names import engine_names

from .engine import Engine

pytestmark = pytest.mark.engine


def test_names_of_the_engine_are_completed(engine: Engine, busybox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine.host)
    monkeypatch.setenv("CONTAINER_HOST", "unix:///nonexistent.sock")
    engine.docker("tag", busybox, "names.test:5000/team/shop:1.4")
    try:
        assert "names.test:5000/team/shop:1.4" in engine_names(["docker", "podman"], 30)
        # a person waits shorter than a busy engine may take
        monkeypatch.setattr("inspector.cli.completion.PATIENCE", 30)
        assert "docker:names.test:5000/team/shop:1.4" in [item.value for item in images("docker:names.t")]
        assert "names.test:5000/team/shop:1.4" in [item.value for item in images("names.test:5000/team/shop:")]
    finally:
        engine.docker("rmi", "names.test:5000/team/shop:1.4")


def test_an_engine_that_does_not_answer_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "silent.sock"
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        start = monotonic()
        assert engine_names(["docker"], 0.3) == []
        assert monotonic() - start < 10
