"""Decompression by magic bytes: what is read, what is refused, and in how much memory."""

from __future__ import annotations

import bz2
import gzip
import lzma
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import blob_of, chunked, scan_of

from inspector.errors import BadLayer
from inspector.layers.compression import OUTPUT_CHUNK, compression_of, decompress

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PLAIN = b"".join(b"%d bottles of beer on the wall\n" % n for n in range(2000))

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "zstd": lambda data: zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1}),
    "xz": lzma.compress,
    "bzip2": bz2.compress,
}
every_compression = pytest.mark.parametrize("name", COMPRESS)


def plain_of(data: bytes, chunk: int = 1 << 16) -> bytes:
    return b"".join(decompress(chunked(data, chunk))[1])


def skippable(data: bytes, number: int = 0) -> bytes:
    """A zstd frame that decoders leave out (RFC 8878 §3.1.2)."""
    return bytes([0x50 + number]) + b"\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data


@every_compression
@pytest.mark.parametrize("chunk", [1, 7, 4096, 1 << 20])
def test_a_stream_is_known_by_its_first_bytes_and_read_in_any_pieces(name: str, chunk: int) -> None:
    found, plain = decompress(chunked(COMPRESS[name](PLAIN), chunk))
    assert (found, b"".join(plain)) == (name, PLAIN)


@pytest.mark.parametrize("data", [b"", b"\x1f", b"BZ", b"\x28\xb5\x2f", b"plain text", bytes(1024)])
def test_what_has_no_known_magic_is_passed_on_as_it_is(data: bytes) -> None:
    found, plain = decompress(chunked(data, 1))
    assert (found, b"".join(plain)) == (None, data)


@every_compression
def test_nothing_at_all_can_be_compressed(name: str) -> None:
    assert plain_of(COMPRESS[name](b"")) == b""


@every_compression
@pytest.mark.parametrize("chunk", [1, 5, 1 << 20])
def test_streams_one_after_another_are_one_stream(name: str, chunk: int) -> None:
    parts = [PLAIN[:10], b"", PLAIN[10:5000], PLAIN[5000:]]
    assert plain_of(b"".join(map(COMPRESS[name], parts)), chunk) == PLAIN


@pytest.mark.parametrize("number", range(16))
def test_skippable_zstd_frames_are_left_out_wherever_they_are(number: int) -> None:
    frames = [COMPRESS["zstd"](PLAIN[:100]), COMPRESS["zstd"](PLAIN[100:])]
    gap = skippable(b"TOC", number)
    data = gap + frames[0] + gap + gap + frames[1] + gap
    assert compression_of(data) == "zstd"
    assert plain_of(data) == PLAIN


@every_compression
def test_a_stream_cut_anywhere_is_refused(name: str) -> None:
    data = COMPRESS[name](PLAIN[:300])
    for length in range(6, len(data)):
        with pytest.raises(BadLayer, match=f"^the {name} data ends too early$"):
            plain_of(data[:length])


@pytest.mark.parametrize("length", [2, 3, 5])
def test_a_magic_alone_is_a_stream_that_ends_too_early(length: int) -> None:
    with pytest.raises(BadLayer, match=r"^the gzip data ends too early$"):
        plain_of(COMPRESS["gzip"](PLAIN)[:length])


@every_compression
def test_a_changed_byte_is_noticed_by_the_checksum(name: str) -> None:
    data = bytearray(COMPRESS[name](PLAIN))
    data[len(data) // 2] ^= 0x10
    with pytest.raises(BadLayer, match=f"^corrupt {name} data: "):
        plain_of(bytes(data))


@pytest.mark.parametrize("from_end", [1, 2, 3, 4, 5, 6, 7, 8])
def test_each_byte_of_gzips_checksum_and_length_counts(from_end: int) -> None:
    data = bytearray(COMPRESS["gzip"](PLAIN))
    data[-from_end] ^= 1
    with pytest.raises(BadLayer, match=r"^corrupt gzip data: "):
        plain_of(bytes(data))


def test_a_bad_member_behind_good_ones_is_refused() -> None:
    good = COMPRESS["gzip"](PLAIN)
    with pytest.raises(BadLayer, match=r"^the gzip data ends too early$"):
        plain_of(good + good[:-1])


@every_compression
@pytest.mark.parametrize("rest", [b"garbage, longer than any magic", b"x", bytes(512), b"\0"])
def test_what_follows_the_last_stream_is_left_out_but_read(name: str, rest: bytes) -> None:
    """As gzip(1) does; read to the end, since it is part of the blob and its digest."""
    read = []

    def chunks(data: bytes) -> object:
        for chunk in chunked(data, 16):
            read.append(chunk)
            yield chunk

    data = COMPRESS[name](PLAIN) + rest
    assert b"".join(decompress(chunks(data))[1]) == PLAIN  # type: ignore[arg-type]
    assert b"".join(read) == data


def test_output_comes_in_bounded_pieces() -> None:
    sizes = [len(piece) for piece in decompress([COMPRESS["gzip"](bytes(10 << 20))])[1]]
    assert max(sizes) <= OUTPUT_CHUNK
    assert sum(sizes) == 10 << 20


@pytest.mark.parametrize(
    ("name", "compression"),
    [
        ("multi-member.tar.gz", "gzip"),
        ("trailing-garbage.tar.gz", "gzip"),
        ("trailing-zeros.tar.gz", "gzip"),
        ("two-frames.tar.zst", "zstd"),
        ("skippable+frame+skippable.tar.zst", "zstd"),
    ],
)
def test_an_odd_but_whole_file_is_read(images: Path, name: str, compression: str) -> None:
    blob = blob_of((images / "hostile" / name).read_bytes())
    found = [(entry.path, entry.size) for entry in blob.scan.entries]
    assert (blob.compression, found) == (compression, [("a.txt", 6000), ("usr/bin/make", 5000)])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("truncated.tar.gz", "the gzip data ends too early"),
        ("truncated.tar.zst", "the zstd data ends too early"),
        ("bad-crc.tar.gz", "corrupt gzip data: "),
        ("bad-isize.tar.gz", "corrupt gzip data: "),
    ],
)
def test_a_damaged_file_is_refused(images: Path, name: str, message: str) -> None:
    with pytest.raises(BadLayer) as refused:
        scan_of((images / "hostile" / name).read_bytes())
    assert refused.value.message.startswith(message)


def test_a_bomb_costs_time_but_no_memory(images: Path) -> None:
    """1 GiB of zeros in 1 MB, scanned in a process of its own, whose peak of memory is then its own too."""
    resource = pytest.importorskip("resource", reason="peak memory is measured with getrusage")
    del resource
    program = """
import resource, sys
from inspector.layers.scan import scan_layer
from inspector.sources.members import file_chunks
from pathlib import Path
scan_layer([bytes(1024)])
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before = peak()
blob = scan_layer(file_chunks(Path(sys.argv[1])))
print(blob.scan.tar_bytes, blob.scan.size_bytes, peak() - before)
"""
    bomb = images / "hostile" / "bomb-1GiB.tar.gz"
    run = subprocess.run([sys.executable, "-c", program, bomb], capture_output=True, text=True, check=True)
    tar_bytes, size_bytes, grown = map(int, run.stdout.split())
    assert (tar_bytes, size_bytes) == ((1 << 30) + 3 * 512, 1 << 30)
    assert grown < 16 << 20
