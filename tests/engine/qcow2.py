"""Disk images of QEMU as plain disks, without QEMU."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = struct.Struct(">4sIQIIQIIQ")
OFFSET = 0x00FF_FFFF_FFFF_FE00
COMPRESSED, ZEROES = 1 << 62, 1
SECTOR = 512


def write_disk(qcow2: Path, disk: Path) -> None:
    """Write the content of an image (version 2 or 3, deflated clusters, no backing file) into a sparse file.

    After docs/interop/qcow2.txt of QEMU.
    """
    data = memoryview(qcow2.read_bytes())
    magic, _, backing, _, bits, size, encryption, count, table = HEADER.unpack_from(data)
    if magic != b"QFI\xfb" or backing or encryption:
        raise ValueError(f"{qcow2.name} is no plain qcow2 image")
    with disk.open("wb") as file:
        file.truncate(size)
        for at, cluster in _clusters(data, bits, struct.unpack_from(f">{count}Q", data, table)):
            file.seek(at)
            file.write(cluster)


def _clusters(data: memoryview, bits: int, tables: tuple[int, ...]) -> Iterator[tuple[int, bytes | memoryview]]:
    """(offset on the disk, content) of each cluster that is stored."""
    size = 1 << bits
    of_length = 62 - (bits - 8)
    for index, table in enumerate(tables):
        if not table & OFFSET:
            continue
        for number, entry in enumerate(struct.unpack_from(f">{size // 8}Q", data, table & OFFSET)):
            at = (index * (size // 8) + number) * size
            if entry & COMPRESSED:
                begin = entry & ((1 << of_length) - 1)
                sectors = ((entry & (COMPRESSED - 1)) >> of_length) + 1
                # raw deflate, of which the last sector's rest belongs to the next cluster
                yield at, zlib.decompressobj(-15).decompress(data[begin : begin + sectors * SECTOR], size)
            elif entry & OFFSET and not entry & ZEROES:
                yield at, data[entry & OFFSET : (entry & OFFSET) + size]
