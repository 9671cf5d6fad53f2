"""Reference → source. Transports are imported when they are asked for: docker alone costs 0.14 s."""

from __future__ import annotations

from pathlib import Path

from inspector.image.platform import Platform
from inspector.reference import Reference
from inspector.sources.protocol import Source


def open_source(reference: Reference, platform: Platform | None) -> Source:
    """The image where the reference says it is; without a scheme, a file that exists, else Docker Engine.

    Raises BadReference, ImageNotFound or SourceUnavailable.
    """
    if reference.transport == "docker-archive" or (reference.transport is None and _names_a_file(reference.name)):
        from inspector.sources.docker_archive import open_docker_archive

        return open_docker_archive(reference.name, platform)
    from inspector.sources.docker_engine import open_engine_image

    return open_engine_image(reference.name, platform)


def _names_a_file(name: str) -> bool:
    """Whether `PATH` or `PATH:TAG` names something that exists, or looks like nothing but a path."""
    if name.startswith(("/", "./", "../", "~/")):
        return True
    return Path(name).is_file() or Path(name.partition(":")[0]).is_file()
