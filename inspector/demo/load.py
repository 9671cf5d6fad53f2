"""The demo images through the same line as every other image."""

from __future__ import annotations

from msgspec.structs import replace

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.attribution.origins import Recipe
from inspector.demo.article import FAT_DOCKERFILE, LEAN_DOCKERFILE, fat_archive, lean_archive
from inspector.image.platform import Platform
from inspector.inspection import Inspection
from inspector.line import inspect_source
from inspector.sources.archive import read_once
from inspector.sources.docker_archive import docker_archive_image
from inspector.sources.members import Located, Members
from inspector.sources.protocol import Watch
from inspector.sources.stream import StreamedImage

ARCHIVES = {"fat": (fat_archive, FAT_DOCKERFILE), "lean": (lean_archive, LEAN_DOCKERFILE)}
"""What makes the archive, and the Dockerfile that it tells the build of."""


def inspect_demo(which: str, watch: Watch) -> Inspection:
    """`fat` or `lean`, inspected with its Dockerfile."""
    recipe = Recipe(parse_dockerfile(ARCHIVES[which][1], "Dockerfile"))
    return inspect_source(open_demo(which), f"demo:{which}", recipe=recipe, watch=watch)


def open_demo(which: str) -> StreamedImage:
    """`fat` or `lean`, as a source."""
    return read_once([ARCHIVES[which][0]()], _layout)


def _layout(members: Members, tag: str | None, platform: Platform | None) -> Located:
    located = docker_archive_image(members, tag, platform)
    return replace(located, image=replace(located.image, transport="demo"))
