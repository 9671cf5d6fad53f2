"""The Alpine of the tests is a real one: apk installs from its repository, keeps an index, and deletes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from inspector.line import inspect_image

if TYPE_CHECKING:
    from .engine import Engine

pytestmark = pytest.mark.engine

TAG = "leaninspect/alpine-test:1"


def test_it_is_as_small_as_the_official_image(engine: Engine, alpine: str) -> None:
    assert 7_000_000 < int(engine.docker("image", "inspect", "--format", "{{.Size}}", alpine)) < 10_000_000
    world = engine.docker("run", "--rm", alpine, "cat", "/etc/apk/world").split()
    assert world == ["alpine-baselayout", "alpine-keys", "alpine-release", "apk-tools", "busybox", "musl-utils"]


def test_apk_keeps_an_index_even_when_it_deletes(engine: Engine, alpine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"FROM {alpine}\nRUN apk add --no-cache curl-dev\nRUN apk del curl-dev\n"
    engine.build(TAG, text, buildkit=False)
    monkeypatch.setenv("DOCKER_HOST", engine.host)
    inspection = inspect_image(f"docker:{TAG}")
    (index,) = (path for path in inspection.filesystem.layers[-1].paths if path.startswith("var/cache/apk/APKINDEX"))
    assert re.fullmatch(r"var/cache/apk/APKINDEX\.[0-9a-f]{8}\.tar\.gz", index)
    (finding,) = (each for each in inspection.findings if each.rule == "LI3003")
    assert finding.layers == (len(inspection.filesystem.layers) - 1,)
    assert (finding.remedy.option, finding.size_bytes > 1_500_000) == ("--no-cache", True)
