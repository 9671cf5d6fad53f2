"""Reference → source, by one table. Transports are imported when they are asked for: docker alone costs 0.14 s."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from msgspec.structs import replace

from inspector.errors import BadReference, BadSetting, ImageNotFound, SourceUnavailable
from inspector.reference import Reference
from inspector.sources.protocol import Opener, Options, Source, Stage, Watch, ignore_progress

OPENERS = {
    "docker": "inspector.sources.engine:open_docker_image",
    "docker-container": "inspector.sources.container:open_container",
    "podman": "inspector.sources.engine:open_podman_image",
    "containerd": "inspector.sources.containerd:open_containerd_image",
    "registry": "inspector.sources.registry:open_registry_image",
    "docker-archive": "inspector.sources.archive:open_docker_archive",
    "oci-archive": "inspector.sources.archive:open_oci_archive",
    "oci-dir": "inspector.sources.archive:open_oci_dir",
    "path": "inspector.sources.archive:open_path",
    "stdin": "inspector.sources.archive:open_stdin",
}

ASKED = {
    "docker": "asking Docker Engine for",
    "docker-container": "asking Docker Engine for the container",
    "podman": "asking podman for",
    "containerd": "asking containerd for",
    "registry": "asking the registry for",
    "stdin": "waiting for the image on",
}
"""What is done in each place to find an image; files are opened."""

IMAGE_FILES = ("index.json", "manifest.json")
"""Which of them a folder has that is an image: an OCI layout, or an unpacked `docker save`."""

SEARCHED = ("docker", "podman", "registry")
"""Where a name without a scheme is looked for, in this order, when no file or folder has it."""


def open_source(reference: Reference, options: Options, watch: Watch = ignore_progress) -> Source:
    """The image where the reference says it is, or the first place that has it. `watch` is told who is asked.

    Raises BadReference, BadSetting, ImageNotFound or SourceUnavailable; after a search, one error says why each place
    failed.
    """
    if reference.transport is not None:
        return _open(reference.transport, reference.name, options, watch)
    if reference.name == "-":
        return _open("stdin", reference.name, options, watch)
    if _names_a_file(reference.name):
        return _open("path", reference.name, options, watch)
    return _search(reference.name, options, watch)


def _search(name: str, options: Options, watch: Watch) -> Source:
    failures: list[BadReference | BadSetting | ImageNotFound | SourceUnavailable] = []
    for transport in SEARCHED:
        try:
            return _open(transport, name, replace(options, hurried=True), watch)
        except (BadReference, BadSetting, ImageNotFound, SourceUnavailable) as error:
            failures.append(error)
    reasons = "; ".join([*_not_a_file(name), *(error.message for error in failures)])
    if Path(name).is_dir():
        reasons += f"; the folder {name} is no OCI layout"
    telling = [error for error in failures if not isinstance(error, SourceUnavailable)] or failures
    raise ImageNotFound(f"{name} was not found: {reasons}", next((e.hint for e in telling if e.hint), ""))


def _open(transport: str, name: str, options: Options, watch: Watch) -> Source:
    watch(Stage(f"{ASKED.get(transport, 'opening')} {'stdin' if name == '-' else name}"))
    module, _, function = OPENERS[transport].partition(":")
    return cast("Opener", getattr(import_module(module), function))(name, options)


def _not_a_file(name: str) -> Iterator[str]:
    """That a name in a folder which is there may have meant a file, and there is none."""
    folder = Path(name).parent
    if folder != Path() and folder.is_dir() and not Path(name).exists():
        yield f"there is no file {name}"


_IS_ARCHIVE = re.compile(
    r".*\.(?:tar(?:\.(?:gz|bz2|xz|zst|lz4))?|tgz|txz|tbz2?|tzst|zip|json)", re.IGNORECASE
).fullmatch
"""Names that are those of files; an image that has one can be asked for with its scheme."""


def _names_a_file(name: str) -> bool:
    """Whether `PATH` or `PATH:TAG` names something that exists, or looks like nothing but a path.

    A folder must be an image, since any project may have a folder named like its image.
    """
    if name.startswith(("/", "./", "../", "~/")) or re.match(r"[A-Za-z]:[\\/]", name):
        return True
    parts = name.split(":")
    if _IS_ARCHIVE(parts[0]):
        return True
    paths = [Path(":".join(parts[:end])) for end in range(len(parts), 0, -1)]
    return any(path.is_file() or any((path / file).exists() for file in IMAGE_FILES) for path in paths)
