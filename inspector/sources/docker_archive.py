"""`docker save` files: `docker-archive:PATH[:TAG]`, plain or compressed, of any Docker version, podman or kaniko.

What is where in it is read from manifest.json alone; folder names changed with Docker 25 (`<id>/layer.tar` before,
`blobs/sha256/…` since), and layers may be links to each other or compressed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from inspector.errors import BadImage, BadLayer, ImageNotFound, SourceUnavailable
from inspector.image.archive_manifest import ArchivedImage, images_named, only_image, parse_archive_manifest
from inspector.image.config import parse_config
from inspector.image.platform import Platform, default_platform
from inspector.layers.compression import compression_of, decompress
from inspector.sources.members import Members, PlainArchive, StreamedArchive, file_chunks
from inspector.sources.meter import Meter
from inspector.sources.protocol import Delivery, ScanLayer, Watch

TRANSPORT = "docker-archive"
MANIFEST = "manifest.json"


class DockerArchive:
    """A `docker save` file that exists."""

    def __init__(self, path: Path, tag: str | None, platform: Platform | None) -> None:
        self._path, self._tag, self._platform = path, tag, platform

    def read(self, scan: ScanLayer, watch: Watch) -> Delivery:
        try:
            return image_in(self._members(scan, watch), self._tag, self._platform, TRANSPORT)
        except OSError as error:
            raise unreadable(self._path, error) from None

    def close(self) -> None:
        """Files are open only while they are read."""

    def _members(self, scan: ScanLayer, watch: Watch) -> Members:
        with self._path.open("rb") as file:
            head = file.read(6)
        try:
            if compression_of(head) is None:
                return PlainArchive(
                    self._path,
                    scan,
                    lambda size, layers: Meter(watch, bytes_total=size, layers_total=layers),
                )
            meter = Meter(watch, bytes_total=self._path.stat().st_size)
            _, plain = decompress(meter.counted(file_chunks(self._path)))
            return StreamedArchive(plain, scan, meter.layer_done)
        except BadLayer as error:
            raise BadImage(f"{self._path} cannot be read as an image archive: {error.message}", error.hint) from None


class ArchiveStream:
    """A `docker save` file that can only be read once, front to back."""

    def __init__(self, chunks: Iterable[bytes], transport: str, tag: str | None, platform: Platform | None) -> None:
        self._chunks, self._transport, self._tag, self._platform = chunks, transport, tag, platform

    def read(self, scan: ScanLayer, watch: Watch) -> Delivery:
        meter = Meter(watch)
        _, plain = decompress(meter.counted(self._chunks))
        return image_in(StreamedArchive(plain, scan, meter.layer_done), self._tag, self._platform, self._transport)

    def close(self) -> None:
        """Whoever made the stream closes it."""


def open_docker_archive(name: str, platform: Platform | None) -> DockerArchive:
    """`PATH` or `PATH:TAG`. Raises ImageNotFound when no such file exists."""
    path, tag = split_path(name)
    return DockerArchive(path, tag, platform)


def split_path(name: str) -> tuple[Path, str | None]:
    """The file and the tag of `PATH[:TAG]`: the longest part before a colon that exists is the path.

    Raises ImageNotFound when none exists, SourceUnavailable when it may not be looked at.
    """
    end = len(name)
    while end > 0:
        path = Path(name[:end])
        try:
            found = path.exists()
        except OSError as error:
            raise unreadable(path, error) from None
        if found:
            if path.is_dir():
                raise BadImage(f"{path} is a folder, not an image archive", "name the file `docker save` wrote")
            return path, name[end + 1 :] or None
        end = name.rfind(":", 0, end)
    raise ImageNotFound(f"no such file: {name}", "check the path")


def unreadable(path: Path, error: OSError) -> SourceUnavailable:
    reason = (error.strerror or str(error)).lower()
    return SourceUnavailable(f"cannot read {path}: {reason}", "check the path and its permissions")


def image_in(members: Members, tag: str | None, platform: Platform | None, transport: str) -> Delivery:
    """The image among `members` with this tag and platform, scanned.

    Raises ImageNotFound when it is not there or several could be meant, BadImage when manifest.json is absent.
    """
    if MANIFEST not in members:
        raise BadImage(
            "not a `docker save` archive: it has no manifest.json",
            "write one with `docker save -o FILE NAME`",
        )
    images = images_named(parse_archive_manifest(members.document(MANIFEST)), tag)
    image = only_image(_for_platform(members, images, platform))
    return Delivery(transport, members.document(image.config), None, members.scans(image.layers))


def _for_platform(
    members: Members, images: tuple[ArchivedImage, ...], wanted: Platform | None
) -> tuple[ArchivedImage, ...]:
    """The images for the wanted platform; when none is wanted and one name has several, those for this machine's."""
    if wanted is None and (len(images) == 1 or len({image.tags for image in images}) > 1):
        return images
    platforms = {image: parse_config(members.document(image.config)).platform for image in images}
    fitting = tuple(i for i in images if (p := platforms[i]) and (wanted or default_platform()).accepts(p))
    if fitting or wanted is None:
        return fitting or images
    there = ", ".join(sorted({str(platform) for platform in platforms.values() if platform})) or "none named"
    raise ImageNotFound(f"no image for {wanted} in the archive", f"it holds: {there}")
