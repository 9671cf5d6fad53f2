"""What leaninspect says about an image is what Docker says: sizes, instructions, the final file system."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass
from functools import cache
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.line import inspect_image

from .images import BUILDKIT, IMAGES, Hidden, Image
from .machine import BUSYBOX_TAG, DEBIAN_TAG
from .oracles import (
    ENGINE_PATHS,
    HistoryRow,
    Node,
    SavedImage,
    Tree,
    as_container,
    content_bytes,
    export_tree,
    history,
    read_saved,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .engine import Engine

pytestmark = pytest.mark.engine

BASES = {"busybox": BUSYBOX_TAG, "debian": DEBIAN_TAG}
"""What the table of images writes after FROM, a fixture's name too → the tag that this makes."""

CASES = [
    pytest.param((image, builder), id=f"{image.name}, built by {builder}")
    for image in IMAGES
    for builder in image.builders
]

from_each_source = pytest.mark.parametrize("source", ["docker", "docker-archive"])


@dataclass(frozen=True, slots=True)
class Built:
    """An image that was built, what Docker says about it, and what leaninspect says (`inspect(source)`)."""

    image: Image
    history: list[HistoryRow]
    saved: SavedImage
    exported: Tree
    inspect: Callable[[str], Inspection]


@pytest.fixture(scope="session", params=CASES)
def built(request: pytest.FixtureRequest, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Each image of the table by each of its builders, made once for all tests on it."""
    image, builder = request.param
    tag = f"leaninspect/test:{re.sub(r'[^a-z]+', '-', f'{builder} {image.name}'.lower())[:120]}"
    dockerfile = image.dockerfile
    for base, base_tag in BASES.items():
        if f"FROM {base}" in dockerfile:
            request.getfixturevalue(base)
            dockerfile = dockerfile.replace(f"FROM {base}", f"FROM {base_tag}")
    engine.build(tag, dockerfile, image.files, buildkit=builder == BUILDKIT)
    directory = tmp_path_factory.mktemp("image")
    archive = directory / "image.tar"
    engine.save(tag, archive)
    references = {"docker": f"docker:{tag}", "docker-archive": f"docker-archive:{archive}"}

    @cache
    def inspect(source: str) -> Inspection:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DOCKER_HOST", engine.host)
            patch.setenv("DOCKER_CONFIG", engine.env["DOCKER_CONFIG"])
            # a cache of its own, so that neither source can repeat what the other found
            patch.setenv("XDG_CACHE_HOME", str(directory / source))
            return inspect_image(references[source])

    yield Built(image, history(engine, tag), read_saved(archive), export_tree(engine, tag), inspect)
    archive.unlink()
    engine.forget(tag)


def test_docker_history_counts_the_headers_of_docker_save(built: Built) -> None:
    """The oracles agree with each other, on which bytes of a layer count at all."""
    sizes = iter(built.saved.layers)
    for row, has_layer in zip(built.history, built.saved.history_has_layer, strict=True):
        if has_layer:
            layer = next(sizes)
            assert row.size_bytes == layer.file_bytes + row.symlinks_counted * layer.symlink_bytes, row
        else:
            assert row.size_bytes == 0, row
    assert next(sizes, None) is None


@from_each_source
def test_each_instruction_has_the_size_that_docker_history_prints(built: Built, source: str) -> None:
    inspection = built.inspect(source)
    layers = built.saved.layers
    expected = []
    for row, layer in zip(built.history, _layers_of_history(built.saved), strict=True):
        targets = layers[layer].symlink_bytes if layer is not None and row.symlinks_counted else 0
        expected.append((layer, row.size_bytes - targets))
    found = [
        (step.layer, 0 if step.layer is None else inspection.totals_of(step.layer).size_bytes)
        for step in inspection.instructions
    ]
    assert found == expected


@from_each_source
def test_instructions_are_those_of_the_dockerfile(built: Built, source: str) -> None:
    steps = built.image.steps()
    instructions = built.inspect(source).instructions[-len(steps) :]
    assert [instruction.verb for instruction in instructions] == [step.verb for step in steps]
    for instruction, step in zip(instructions, steps, strict=True):
        if step.is_shell_run:
            assert instruction.text == step.text


@from_each_source
def test_the_final_file_system_is_that_of_a_container(built: Built, source: str) -> None:
    tree = _tree(built.inspect(source))
    assert _differences(as_container(tree.nodes), built.exported.nodes) == {}
    assert tree.links == built.exported.links


@from_each_source
def test_every_byte_has_one_fate_and_it_is_the_dockerfiles(built: Built, source: str) -> None:
    inspection = built.inspect(source)
    ledger, hidden = inspection.filesystem.ledger, _hidden(inspection)
    assert ledger.total_bytes == sum(layer.file_bytes for layer in built.saved.layers)
    assert ledger.total_bytes == ledger.live_bytes + sum(astuple(hidden))
    assert ledger.live_bytes == content_bytes(built.exported) + _bytes_under_the_engines(_tree(inspection))
    assert hidden == built.image.hidden or built.image.hidden is None


def test_the_engine_and_its_archive_show_the_same_image(built: Built) -> None:
    engine, archive = built.inspect("docker"), built.inspect("docker-archive")
    assert [scan.diff_id for scan in engine.scans] == [scan.diff_id for scan in archive.scans]
    assert engine.image.config == archive.image.config
    # only the engine knows the images that it may be built upon
    assert [replace(step, from_base=None) for step in engine.instructions] == [
        replace(step, from_base=None) for step in archive.instructions
    ]
    assert engine.filesystem.totals == archive.filesystem.totals
    assert engine.filesystem.ledger == archive.filesystem.ledger
    assert list(engine.filesystem.final()) == list(archive.filesystem.final())


def _layers_of_history(saved: SavedImage) -> list[int | None]:
    """For each entry of the history the index of its layer (OCI image-spec config.md, `empty_layer`)."""
    indexes = iter(range(len(saved.layers)))
    return [next(indexes) if has_layer else None for has_layer in saved.history_has_layer]


def _hidden(inspection: Inspection) -> Hidden:
    ledger = inspection.filesystem.ledger
    return Hidden(ledger.overwritten_bytes, ledger.recopied_bytes, ledger.deleted_bytes, ledger.deleted_tree_bytes)


def _tree(inspection: Inspection) -> Tree:
    """The final tree in the oracle's terms: hardlinks resolved, without the root, which no export lists."""
    filesystem = inspection.filesystem
    nodes: dict[str, Node] = {}
    names: dict[int, set[str]] = {}
    for identity, (path, entry) in zip(filesystem.visible(), filesystem.final(), strict=True):
        if not path:
            continue
        shared = filesystem.shares.get(identity, identity)
        names.setdefault(shared, set()).add(path)
        original = filesystem.entry(shared)
        assert original.kind is not Kind.HARDLINK
        nodes[path] = Node(
            kind=original.kind.name.lower(),
            size=entry.size,
            mode=entry.mode,
            uid=entry.uid,
            gid=entry.gid,
            link=original.link,
            device=original.device,
            xattrs=tuple(sorted(original.xattrs.items())),
        )
    return Tree(nodes, frozenset(frozenset(group) for group in names.values() if len(group) > 1))


def _differences(ours: dict[str, Node], dockers: dict[str, Node]) -> dict[str, tuple[Node | None, Node | None]]:
    """The paths at which the two differ, with what each says: a reader wants these, not two whole trees."""
    return {
        path: (ours.get(path), dockers.get(path))
        for path in sorted({*ours, *dockers})
        if ours.get(path) != dockers.get(path)
    }


def _bytes_under_the_engines(image: Tree) -> int:
    """The bytes of an image that its containers do not show: Docker puts files of its own in their place."""
    return sum(image.nodes[path].size for path in ENGINE_PATHS if path in image.nodes)
