"""Layers and tars made in code: members by inspector.demo.archive, and header by header where they must be odd."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.demo.archive import Member, Step, image_config, sha256, tar_layer
from inspector.filesystem.stack import Filesystem, stack_layers
from inspector.layers.compression import decompress
from inspector.layers.feed import Feed
from inspector.layers.scan import LayerScan, ScannedBlob, scan_layer
from inspector.layers.tar import TarMember, tar_members
from inspector.sources.protocol import Chunks, Known, LayerBlob, Poll, SourceImage, do_not_poll, nothing_known

END = bytes(1024)
"""The two zero blocks that end a tar."""


def file(path: str, size: int = 1, fill: str = "x", mode: int = 0o644) -> Member:
    """A regular file of `size` equal bytes."""
    return Member(path, fill.encode() * size, mode=mode)


def chunked(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def members_in(data: bytes) -> list[TarMember]:
    """The members of a tar, compressed or not."""
    _, plain = decompress([data])
    return list(tar_members(Feed(plain)))


def blob_of(data: bytes, chunk: int = 1 << 16) -> ScannedBlob:
    """A layer's blob, scanned from chunks of this many bytes."""
    return scan_layer(chunked(data, chunk))


def scan_of(members: Iterable[Member] | bytes) -> LayerScan:
    """The scan of a layer given by its members, or by its tar."""
    return blob_of(members if isinstance(members, bytes) else tar_layer(members)).scan


def stack_of(*layers: Sequence[Member]) -> Filesystem:
    """Layers, lowest first, applied."""
    return stack_layers([scan_of(layer).entries for layer in layers])


def tree_of(filesystem: Filesystem) -> dict[str, int]:
    """The final tree: path → size in bytes."""
    return {path: entry.size for path, entry in filesystem.final()}


def paths_after(filesystem: Filesystem, layer: int) -> set[str]:
    """What is seen in the image made of the layers up to this one."""
    return {filesystem.entry(entry_id).path for entry_id in filesystem.visible(layer)}


def header(
    name: bytes = b"f",
    *,
    size: int | bytes = 0,
    flag: bytes = b"0",
    link: bytes = b"",
    magic: bytes = b"ustar\x0000",
    prefix: bytes = b"",
    mode: bytes = b"0000644\0",
    uid: bytes = b"0000000\0",
    mtime: bytes = b"00000000000\0",
    checksum: bytes | None = None,
    extra: tuple[int, bytes] = (0, b""),
) -> bytes:
    """One tar header of 512 bytes, field by field; `extra` writes bytes at an offset, and the checksum fits."""
    sizes = size if isinstance(size, bytes) else b"%011o\0" % size
    block = bytearray(512)
    fields = ((0, name), (100, mode), (108, uid), (116, b"0000000\0"), (124, sizes), (136, mtime), (148, b" " * 8))
    for offset, value in (*fields, (156, flag), (157, link), (257, magic), (345, prefix), extra):
        block[offset : offset + len(value)] = value
    block[148:156] = checksum or b"%06o\0 " % sum(block)
    return bytes(block)


def padded(data: bytes) -> bytes:
    """Data filled up to whole blocks."""
    return data + bytes(-len(data) % 512)


def pax(*records: tuple[str, str | bytes], flag: bytes = b"x") -> bytes:
    """A PAX header (flag `x`), or a global one (`g`), with its data."""
    data = b"".join(
        pax_record(key.encode(), value if isinstance(value, bytes) else value.encode()) for key, value in records
    )
    return header(b"pax", size=len(data), flag=flag) + padded(data)


def pax_record(key: bytes, value: bytes) -> bytes:
    """`length key=value\\n`, where the length counts itself."""
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest) + 1
    while len(b"%d" % length) + len(rest) != length:
        length += 1
    return b"%d" % length + rest


def gnu_long(flag: bytes, text: bytes) -> bytes:
    """GNU's long name (flag `L`) or long link (`K`) for the next member."""
    return header(b"././@LongLink", size=len(text) + 1, flag=flag, magic=b"ustar  \0") + padded(text + b"\0")


@dataclass(frozen=True)
class SavedImage:
    """An image for `saved`: its tags, its layers (tars, or tars compressed in some way) lowest first."""

    layers: Sequence[bytes]
    tags: Sequence[str] = ()
    architecture: str = "amd64"
    diff_ids: Sequence[str] | None = None  # None: those of the layers

    @property
    def config(self) -> bytes:
        diff_ids = (
            self.diff_ids if self.diff_ids is not None else [blob_of(layer).scan.diff_id for layer in self.layers]
        )
        history = [{"created_by": f"RUN step {number}"} for number in range(len(diff_ids))]
        rootfs = {"type": "layers", "diff_ids": list(diff_ids)}
        return json.dumps(
            {"os": "linux", "architecture": self.architecture, "rootfs": rootfs, "history": history}
        ).encode()


def saved(*images: SavedImage, docker_25: bool = False) -> bytes:
    """The file `docker save` writes: folders for layers as it did until Docker 24, or blobs as since Docker 25."""
    members: dict[str, bytes] = (
        {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "index.json": b"{}"} if docker_25 else {}
    )
    manifest = []
    for image in images:
        config_id = sha256(image.config).removeprefix("sha256:")
        config = f"blobs/sha256/{config_id}" if docker_25 else f"{config_id}.json"
        ids = [sha256(layer).removeprefix("sha256:") for layer in image.layers]
        layers = [f"blobs/sha256/{hex_id}" if docker_25 else f"{hex_id}/layer.tar" for hex_id in ids]
        members |= {config: image.config, **dict(zip(layers, image.layers, strict=True))}
        manifest.append({"Config": config, "RepoTags": list(image.tags) or None, "Layers": layers})
    return archive_of(members | {"manifest.json": json.dumps(manifest).encode()})


class BuiltImage:
    """A source that has in memory the image that some steps made. `sizes` are those of the compressed layers."""

    at_once = 1

    def __init__(self, steps: Sequence[Step], run: Mapping[str, Any] | None = None, sizes: Sequence[int] = ()) -> None:
        self._config = image_config(steps, created="2018-01-01T00:00:00Z", run=run)
        self._layers = [step.layer for step in steps if step.layer is not None]
        self._sizes = sizes or [None] * len(self._layers)

    def image(self, known: Known = nothing_known, poll: Poll = do_not_poll) -> SourceImage:  # noqa: ARG002
        layers = tuple(
            LayerBlob(sha256(layer), size=size, compressed=True)
            for layer, size in zip(self._layers, self._sizes, strict=True)
        )
        return SourceImage("test", self._config, None, layers)

    def open_layer(self, index: int, poll: Poll = do_not_poll) -> Chunks:  # noqa: ARG002
        yield self._layers[index]

    def close(self) -> None:
        pass


def archive_of(members: Mapping[str, bytes], links: Iterable[Member] = ()) -> bytes:
    """A tar of these files, after these links."""
    return tar_layer([*links, *(Member(name, content) for name, content in members.items())])
