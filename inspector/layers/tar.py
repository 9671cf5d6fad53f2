"""Tar members from a stream of chunks: v7, ustar, star, GNU and PAX, in one pass.

Written for this one purpose because the standard library's `tarfile` costs ten times as much per member and gives up
on streams that GNU tar and Go's archive/tar read. Formats: POSIX.1-2001 pax(1), the GNU tar manual's “Basic Tar
Format” and “Storing Sparse Files”, star(5); where they leave room we do as Go's archive/tar, which Docker uses.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import lru_cache
from struct import Struct
from typing import NamedTuple
from zlib import adler32

from inspector.errors import BadLayer
from inspector.layers.entries import NO_XATTRS, Kind
from inspector.layers.feed import Feed

MAX_HEADER_DATA = 1 << 20
"""The longest long name or PAX header we accept, in bytes; Go's archive/tar has the same limit."""

_FIELDS = Struct("100s24s12s12s8sc100s6s")
"""Name, mode with uid and gid (which few files have for themselves), size, mtime, checksum, type, link, magic."""
_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"7": Kind.FILE,
    b"S": Kind.FILE,
    b"1": Kind.HARDLINK,
    b"2": Kind.SYMLINK,
    b"3": Kind.CHAR,
    b"4": Kind.BLOCK,
    b"5": Kind.DIRECTORY,
    b"D": Kind.DIRECTORY,
    b"6": Kind.FIFO,
}
_FILE, _DIRECTORY = Kind.FILE, Kind.DIRECTORY  # looking up an Enum's member costs 0.1 µs, a global nothing
_LINKS = (Kind.HARDLINK, Kind.SYMLINK)
_DEVICES = (Kind.CHAR, Kind.BLOCK)
_HEADERS = frozenset((b"x", b"X", b"g", b"L", b"K"))
"""Types of members that say something about the next one, or about all that follow."""
_WITHOUT_DATA = frozenset((b"1", b"2", b"3", b"4", b"5", b"6"))
_new = tuple.__new__
"""Makes a NamedTuple at half the cost of calling it."""

_octal = re.compile(rb"[0-7]*").fullmatch
_ZERO_BLOCK = bytes(512)


MAX_PATH = 1 << 14
"""Characters of the longest path we accept: four times what Linux does, and little enough to keep all its folders."""


class TarMember(NamedTuple):
    """One member. `size` is the file's logical size in bytes, `stored` what follows in the archive.

    For files they differ only where those are sparse. `name` is as written; clean_path normalises it. `link` is empty
    for all but links.
    """

    name: str
    kind: Kind
    size: int
    stored: int
    mode: int
    uid: int
    gid: int
    mtime: int
    link: str
    device: tuple[int, int] | None
    xattrs: Mapping[str, bytes]


def tar_members(feed: Feed) -> Iterator[TarMember]:
    """The members of the tar in `feed`, up to its end marker or the end of the stream.

    Between two steps the caller may take up to `stored` bytes off the feed: the member's data. Raises BadLayer for a
    header that is none, a number that is none, and a stream that ends inside a member.
    """
    global_pax: dict[str, bytes] = {}
    pax: dict[str, bytes] = {}
    long_name = long_link = b""
    while True:
        block = feed.block()
        if len(block) < 512:
            if block.strip(b"\0") or pax or long_name or long_link:
                raise BadLayer("the tar ends inside a header", "it is truncated; fetch or save the image again")
            return
        if block == _ZERO_BLOCK:
            return
        fields = _FIELDS.unpack_from(block)
        flag = fields[5]
        # adler32's low half is 1 + the sum of the bytes modulo 65521, at a tenth of the cost of `sum`
        if adler32(block) & 0xFFFF != _adler_low(fields[4]) and not _signed_checksum_fits(block, fields[4]):
            raise BadLayer(f"no tar header at byte {feed.offset - 512}", "this is not a tar archive, or it is damaged")
        if flag in _HEADERS:
            data = _header_data(feed, _number(fields[2]))
            match flag:
                case b"g":
                    global_pax |= _pax_records(data)
                case b"x" | b"X":
                    pax = _pax_records(data)
                case b"L":
                    long_name = data.partition(b"\0")[0]
                case _:
                    long_link = data.partition(b"\0")[0]
            continue
        member = _member(fields, block)
        if block[482] and flag == b"S":
            _skip_sparse_maps(feed)
        if pax or global_pax or long_name or long_link:
            member = _overridden(member, flag, {**global_pax, **pax}, long_name, long_link)
            pax, long_name, long_link = {}, b"", b""
            if len(member.name) > MAX_PATH:
                raise BadLayer(f"a path of {len(member.name)} characters is not plausible", "the layer is hostile")
        stored = member.stored
        padded = (stored + 511) & ~511
        end = feed.offset + padded
        if flag != b"V":  # GNU's volume label
            yield member
        feed.skip_to(end, optional=padded - stored)


def clean_path(name: str) -> str:
    """A path relative to the root, without `.`, `..`, empty parts or slashes at its ends; the root itself is ''.

    `..` never leads out of the root, as inside a chroot.
    """
    path = name.strip("/")
    if not ("//" in path or "/." in path or path.startswith(".")):
        return path
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _member(fields: tuple[bytes, ...], block: bytes) -> TarMember:
    """A header as it stands. Hot: one call per entry, so what can be is looked up by the field's bytes."""
    raw_name, owner, raw_size, raw_mtime, _, flag, raw_link, magic = fields
    name = raw_name.partition(b"\0")[0].decode("utf-8", "surrogateescape")
    if block[345] and magic.startswith(b"ustar") and (folder := _prefix(block)):
        name = f"{_text(folder)}/{name}"
    kind = _KINDS.get(flag, _FILE)
    if kind is _FILE and name.endswith("/"):
        kind = _kind(flag, name)
    stored = size = 0 if flag in _WITHOUT_DATA else _number(raw_size)
    link, device = "", None
    if kind is not _FILE:
        if kind in _LINKS:
            link = _text(raw_link.partition(b"\0")[0])
        elif kind in _DEVICES:
            device = _number(block[329:337]), _number(block[337:345])
    elif flag == b"S":
        size = _number(block[483:495])
    mode, uid, gid = _mode_and_owner(owner)
    return _new(TarMember, (name, kind, size, stored, mode, uid, gid, _time(raw_mtime), link, device, NO_XATTRS))


@lru_cache(maxsize=4096)
def _mode_and_owner(field: bytes) -> tuple[int, int, int]:
    return _number(field[:8]) & 0o7777, _number(field[8:16]), _number(field[16:])


@lru_cache(maxsize=8192)
def _time(field: bytes) -> int:
    return _number(field, signed=True)


def _kind(flag: bytes, name: str) -> Kind:
    kind = _KINDS.get(flag, _FILE)
    if kind is _FILE and name.endswith("/") and flag in b"0\0":  # v7 has no type for directories
        return _DIRECTORY
    return kind


def _prefix(block: bytes) -> bytes:
    """What a header holds of the path before its name field, if anything.

    That is a field of POSIX; star and GNU keep times in the same bytes. Go before 1.8, and so Docker then, wrote a
    prefix into GNU headers all the same: it is known by not being times (golang.org/issue/21005).
    """
    prefix = block[345:500].partition(b"\0")[0]
    if block[257:263] == b"ustar\0":
        return prefix[:131] if block[508:512] == b"tar\0" else prefix
    if prefix.isascii() and not (_is_number(block[345:357]) and _is_number(block[357:369])):
        return prefix
    return b""


def _overridden(
    member: TarMember, flag: bytes, records: Mapping[str, bytes], long_name: bytes, long_link: bytes
) -> TarMember:
    """A member with its PAX records (pax(1), “Extended Header Keywords”) and GNU long names in place of its header's.

    Where a tar has both, GNU's count, as in Go.
    """
    changes: dict[str, object] = {}
    xattrs: dict[str, bytes] = {}
    for key, value in records.items():
        if not value:  # an empty value takes back what a global header said
            continue
        match key:
            case "path":
                changes.setdefault("name", _text(value))
            case "GNU.sparse.name":
                changes["name"] = _text(value)
            case "linkpath":
                changes["link"] = _text(value)
            case "uid" | "gid":
                changes[key] = _decimal(key, value)
            case "mtime":
                changes["mtime"] = _seconds(value)
            case "size" if flag not in _WITHOUT_DATA:
                changes["stored"] = _decimal(key, value)
                changes.setdefault("size", changes["stored"])
            case "GNU.sparse.size" | "GNU.sparse.realsize":
                changes["size"] = _decimal(key, value)
            case _ if key.startswith("SCHILY.xattr."):
                xattrs[key.removeprefix("SCHILY.xattr.")] = value
            case _ if key.startswith("LIBARCHIVE.xattr.") and (data := _base64(value)) is not None:
                xattrs.setdefault(key.removeprefix("LIBARCHIVE.xattr."), data)
            case _:
                pass
    if xattrs:
        changes["xattrs"] = xattrs
    if long_name:
        changes["name"] = _text(long_name)
    if long_link:
        changes["link"] = _text(long_link)
    if member.kind not in _LINKS:
        changes.pop("link", None)
    member = member._replace(**changes)  # type: ignore[arg-type]
    return member._replace(kind=_kind(flag, member.name))


def _pax_records(data: bytes) -> dict[str, bytes]:
    """The `length key=value\\n` records of a PAX header."""
    records: dict[str, bytes] = {}
    position = 0
    while position < len(data) and data[position]:
        space = data.find(b" ", position, position + 20)
        try:
            end = position + int(data[position:space])
        except ValueError:
            end = -1
        key, equals, value = data[space + 1 : end - 1].partition(b"=")
        if space < 0 or not space < end <= len(data) or data[end - 1] != 0x0A or not equals or not key:
            raise BadLayer(
                "a PAX header holds a malformed record",
                "the layer is damaged or was written by a faulty tool",
            )
        if b"\0" in key or (key in (b"path", b"linkpath") and b"\0" in value):
            raise BadLayer("a PAX header holds a NUL byte in a name", "the layer is damaged or hostile")
        records[_text(key)] = value
        position = end
    return records


def _header_data(feed: Feed, size: int) -> bytes:
    if size > MAX_HEADER_DATA:
        raise BadLayer(f"a tar header of {size} bytes is not plausible", "the layer is damaged or hostile")
    data = feed.take(size)
    feed.skip(_padded(size) - size)
    return data


def _skip_sparse_maps(feed: Feed) -> None:
    """GNU's old sparse format continues its map in blocks before the data; byte 504 says whether one more follows."""
    while True:
        block = feed.take(512)
        if not block[504]:
            return


@lru_cache(maxsize=8192)
def _adler_low(field: bytes) -> int:
    """The low half of the adler32 of a header with this checksum field, which is summed up as spaces; -1: no number."""
    if not _is_number(field):
        return -1
    return (1 + _number(field, signed=True) + sum(field) - 256) % 65521


def _signed_checksum_fits(block: bytes, field: bytes) -> bool:
    """Whether the header's sum is right with signed bytes, as some old tars sum; Go and GNU tar accept it too."""
    signed = sum(byte - 256 if byte > 127 else byte for byte in block[:148] + block[156:])
    return _is_number(field) and signed + 256 == _number(field, signed=True)


@lru_cache(maxsize=8192)
def _number(field: bytes, *, signed: bool = False) -> int:
    """A header's number: octal digits, or base-256 when the first bit is set (GNU, star)."""
    if field[0] & 0x80:
        value = int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
        if field[0] & 0x40:
            value -= 1 << (8 * len(field) - 1)
    else:
        digits = field.strip(b" \0").partition(b"\0")[0]
        if not _octal(digits):
            raise BadLayer(f"a tar header holds {digits!r} where a number belongs", "the layer is damaged")
        value = int(digits or b"0", 8)
    if not -(1 << 63) <= value < 1 << 63 or (value < 0 and not signed):
        raise BadLayer(f"a tar header holds the impossible number {value}", "the layer is damaged or hostile")
    return value


def _is_number(field: bytes) -> bool:
    try:
        _number(field, signed=True)
    except BadLayer:
        return False
    return True


def _decimal(key: str, value: bytes) -> int:
    if not value.isdigit() or len(value.lstrip(b"0")) > 18:
        raise BadLayer(f"a PAX header holds {value[:40]!r} as {key}", "the layer is damaged or hostile")
    return int(value[-18:])


def _seconds(value: bytes) -> int:
    """Whole seconds of a decimal time, rounded down."""
    whole, _, part = value.partition(b".")
    digits = whole.removeprefix(b"-").lstrip(b"0") or whole[-1:]
    if not digits.isdigit() or len(digits) > 18 or (part and not part.isdigit()):
        raise BadLayer(f"a PAX header holds {value[:40]!r} as mtime", "the layer is damaged or hostile")
    if not whole.startswith(b"-"):
        return int(digits)
    return -int(digits) - (1 if part.strip(b"0") else 0)


def _base64(value: bytes) -> bytes | None:
    """What libarchive encoded, without padding; None where that is none. Docker reads no such records at all."""
    try:
        return b64decode(value + b"==")
    except binascii.Error:
        return None


def _padded(size: int) -> int:
    return (size + 511) & ~511


def _text(raw: bytes) -> str:
    """Names are bytes in tar; those that are not UTF-8 survive as surrogate escapes."""
    return raw.decode("utf-8", "surrogateescape")
