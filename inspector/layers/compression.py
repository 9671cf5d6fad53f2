"""Decompression by magic bytes, as a stream of chunks in and a stream of chunks out.

Media types and file endings are not trusted: a layer may be uncompressed under a gzip media type.
All four decompressors release the GIL and share one interface, so one loop serves them.
"""

from __future__ import annotations

import bz2
import lzma
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from isal import igzip_lib

from inspector.errors import BadLayer

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OUTPUT_CHUNK = 1 << 20
"""Bytes produced at most per call, so that a bomb costs time but no memory."""


class Decompressor(Protocol):
    """The interface that the standard library's decompressors and igzip's share."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def _gzip() -> Decompressor:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


MAGIC: tuple[tuple[str, bytes, Callable[[], Decompressor]], ...] = (
    ("gzip", b"\x1f\x8b", _gzip),
    ("zstd", b"\x28\xb5\x2f\xfd", zstd.ZstdDecompressor),
    *(("zstd", bytes([0x50 + n]) + b"\x2a\x4d\x18", zstd.ZstdDecompressor) for n in range(16)),  # skippable frames
    ("xz", b"\xfd7zXZ\x00", lzma.LZMADecompressor),
    ("bzip2", b"BZh", bz2.BZ2Decompressor),
)
"""Name, first bytes, decompressor (RFC 1952, RFC 8878 §3.1, the xz file format, bzip2)."""

ERRORS: tuple[type[Exception], ...] = (igzip_lib.error, zstd.ZstdError, lzma.LZMAError, OSError, EOFError, ValueError)  # type: ignore[assignment]  # igzip's stub declares an instance


def compression_of(head: bytes) -> str | None:
    """The name of the compression that begins with `head` (at least 6 bytes), None for plain bytes."""
    return next((name for name, magic, _ in MAGIC if head.startswith(magic)), None)


def decompress(chunks: Iterable[bytes]) -> tuple[str | None, Iterator[bytes]]:
    """Compression's name and the plain bytes, in chunks of at most OUTPUT_CHUNK when compressed.

    Several gzip members or zstd frames in a row are one stream (RFC 1952 §2.2, RFC 8878 §3). What follows the last
    one is ignored, as gzip(1) does. Raises BadLayer, while iterating, when the stream is corrupt or ends too early.
    """
    rest = iter(chunks)
    head = b""
    for chunk in rest:
        head += chunk
        if len(head) >= 6:
            break
    for name, magic, make in MAGIC:
        if head.startswith(magic):
            return name, _inflate(name, make, head, rest)
    return None, _plain(head, rest)


def _plain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from rest


def _inflate(name: str, make: Callable[[], Decompressor], head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    stream, data = make(), head
    while True:
        try:
            plain = stream.decompress(data, OUTPUT_CHUNK)
        except ERRORS as error:
            raise BadLayer(f"corrupt {name} data: {error}", "fetch or save the image again") from None
        if plain:
            yield plain
        data = b""
        if stream.eof:
            data = _at_least(stream.unused_data, 6, rest)
            if compression_of(data) != name:
                _drain(rest)
                return
            stream = make()
        elif stream.needs_input:
            data = next(rest, b"")
            if not data:
                raise BadLayer(f"the {name} data ends too early", "the file is truncated; fetch or save it again")


def _at_least(data: bytes, count: int, rest: Iterator[bytes]) -> bytes:
    while len(data) < count:
        chunk = next(rest, b"")
        if not chunk:
            break
        data += chunk
    return data


def _drain(rest: Iterator[bytes]) -> None:
    """Read on to the end, for whoever counts and hashes the compressed bytes on the way."""
    for _ in rest:
        pass
