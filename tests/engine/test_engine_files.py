"""A small file of an engine's image is there without a transfer of layers, and nothing is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.content.reading import Contents
from inspector.filesystem.tree import FileTree, stacked_tree
from inspector.inspection import Inspection
from inspector.line import inspect_image
from inspector.reference import parse_reference
from inspector.sources.engine import EngineImage
from inspector.sources.engine_files import LABEL
from inspector.sources.protocol import Chunks, Options, Source
from inspector.sources.resolve import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import Engine

pytestmark = pytest.mark.engine

TAG = "leaninspect/engine-files:1"

DOCKERFILE = """\
FROM {base}
COPY one /opt/one
COPY one /etc/hosts
COPY two /opt/two
RUN : > /opt/empty && ln /opt/two /opt/twin && mkdir /data && echo data > /data/file
VOLUME /data
COPY one /opt/two
"""

FILES = {"one": b"one\n" * 1000, "two": b"old\n"}


@pytest.fixture(scope="module")
def image(engine: Engine, busybox: str) -> Iterator[Inspection]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in engine.env.items():
            patch.setenv(name, value)
        engine.build(TAG, DOCKERFILE.format(base=busybox), FILES, buildkit=True)
        yield inspect_image(f"docker:{TAG}")
        engine.forget(TAG)


def reopen() -> Source:
    return open_source(parse_reference(f"docker:{TAG}"), Options())


def tree(image: Inspection) -> FileTree:
    return stacked_tree(image.filesystem, len(image.scans) - 1, marks=False)


def read(image: Inspection, path: str) -> bytes:
    node = tree(image).find(path)
    assert node is not None
    return Contents(image, reopen).read(tree(image).entry_ids[node]).data


def there(engine: Engine) -> frozenset[str]:
    """The engine's containers and volumes: other tests may have some, too."""
    containers, volumes = (
        engine.docker("ps", "--all", "--quiet", "--no-trunc"),
        engine.docker("volume", "ls", "--quiet"),
    )
    return frozenset((*containers.split(), *volumes.split()))


@pytest.fixture
def no_transfer(monkeypatch: pytest.MonkeyPatch) -> None:
    def blobs(*_: object) -> Chunks:
        raise AssertionError("layers are transferred")

    monkeypatch.setattr(EngineImage, "blobs", blobs)


@pytest.mark.parametrize(
    ("path", "data"),
    [("opt/one", FILES["one"]), ("opt/two", FILES["one"]), ("opt/empty", b""), ("data/file", b"data\n")],
)
def test_a_file_of_the_final_image_comes_without_a_transfer(
    engine: Engine, image: Inspection, no_transfer: None, path: str, data: bytes
) -> None:
    before = there(engine)
    assert read(image, path) == data
    assert there(engine) == before


def test_what_a_container_has_another_file_for_is_read_from_its_layer(engine: Engine, image: Inspection) -> None:
    before = there(engine)
    assert read(image, "etc/hosts") == FILES["one"]
    assert there(engine) == before


def test_an_older_version_is_read_from_its_layer(image: Inspection) -> None:
    assert read(image, "opt/twin") == FILES["two"]
    old = next(
        image.filesystem.offsets[layer] + row
        for layer, scan in enumerate(image.scans)
        for row, path in enumerate(scan.entries.paths)
        if path == "opt/two" and scan.entries.sizes[row] == len(FILES["two"])
    )
    assert Contents(image, reopen).read(old).data == FILES["two"]


def test_a_container_that_a_killed_process_left_is_removed_once_it_is_old(
    engine: Engine, image: Inspection, no_transfer: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = there(engine)
    left = engine.docker("create", "--label", f"{LABEL}=1", TAG, "true").strip()
    other = engine.docker("create", TAG, "true").strip()
    read(image, "opt/one")
    assert {left, other} <= there(engine)
    monkeypatch.setattr("inspector.sources.engine_files.LEFT_AFTER", -1)
    read(image, "opt/one")
    assert there(engine) & {left, other} == {other}
    engine.docker("rm", "--volumes", other)
    assert there(engine) == before
