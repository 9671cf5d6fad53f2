"""Packages that programs and jars were built from, by the notes in them (layers/notes.py).

The program's own package has its bytes, unless a package of the system owns the file and then these are parts of
that; what was compiled into it weighs nothing of its own.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

from inspector.layers.capture import wants as captured_whole
from inspector.layers.notes import GO, MAVEN, RUST
from inspector.packages.found import Files, Found, purl, text
from inspector.packages.model import Distribution, Package

GO_MAGIC = b"\xff Go buildinf:"
MAX_AUDIT = 8 << 20
"""Bytes of audit data after decompression, so that a bomb is none."""


def wants(path: str) -> bool:
    """Whatever is kept of a file that the table of captured files does not name is a note."""
    return not captured_whole(path)


def read(files: Files, distribution: Distribution) -> Iterator[Found]:  # noqa: ARG001
    """What is built into each program and jar. A damaged note is as good as none."""
    for path, data in files.items():
        for kind, packages in _READERS:
            if data.startswith(kind):
                for number, package in enumerate(packages(data[len(kind) :], path)):
                    listed = partial(tuple, (path,)) if number == 0 else tuple
                    yield Found(package, listed, record=path, shared=True)


@lru_cache(maxsize=256)
def _go(data: bytes, path: str) -> tuple[Package, ...]:
    """The main module, then its dependencies (debug/buildinfo; strings inline, as since Go 1.18).

    A program built without modules, as Debian builds them, has only the path of its main package.
    """
    if not data.startswith(GO_MAGIC) or len(data) < 33 or not data[15] & 2:
        return ()
    _, end = _string(data, 32)
    modules, _ = _string(data, end)
    found: list[tuple[str, str]] = []
    main = ""
    for line in text(modules[16:-16]).splitlines():
        word, _, rest = line.partition("\t")
        name, _, version = rest.partition("\t")
        module = (name, version.partition("\t")[0].removeprefix("(devel)"))
        if word == "path":
            main = rest
        elif word in ("mod", "dep"):
            found.append(module)
        elif word == "=>" and found:
            found[-1] = module
    found = found or [(main, "")]
    return tuple(_package("golang", name, version, path) for name, version in dict.fromkeys(found) if name)


def _string(data: bytes, start: int) -> tuple[bytes, int]:
    """A string with its length before it as a varint, and where it ends."""
    length = shift = 0
    for position in range(start, min(start + 9, len(data))):
        length |= (data[position] & 0x7F) << shift
        shift += 7
        if data[position] < 0x80:
            end = position + 1 + length
            return data[position + 1 : end], end
    return b"", len(data)


@lru_cache(maxsize=256)
def _rust(data: bytes, path: str) -> tuple[Package, ...]:
    """The root package, then its run-time dependencies (cargo-auditable, PARSING.md)."""
    try:
        audit = json.loads(zlib.decompressobj().decompress(data, MAX_AUDIT))
        crates = [crate for crate in audit["packages"] if crate.get("kind", "runtime") == "runtime"]
        crates.sort(key=lambda crate: not crate.get("root", False))
        return tuple(_package("cargo", str(crate["name"]), str(crate["version"]), path) for crate in crates)
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


@lru_cache(maxsize=1024)
def _maven(data: bytes, path: str) -> tuple[Package, ...]:
    """The jar's own artifact first: the one that the file is named after, or else the first."""
    found: list[tuple[str, str, str]] = []
    for pom in text(data).replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split("=", 1) for line in pom.splitlines() if "=" in line and not line.startswith("#"))
        group, name, version = (fields.get(key, "").strip() for key in ("groupId", "artifactId", "version"))
        if name:
            found.append((group, name, version))
    file = path.rpartition("/")[2]
    found.sort(key=lambda artifact: not file.startswith(artifact[1]))
    return tuple(_package("maven", name, version, path, group) for group, name, version in dict.fromkeys(found))


def _package(kind: str, name: str, version: str, location: str, namespace: str = "") -> Package:
    if kind == "golang":
        namespace, _, last = name.rpartition("/")
        url = purl(kind, last, version, namespace=namespace)
    else:
        url = purl(kind, name, version, namespace=namespace)
    return Package(kind, name, version, "", url, (), automatic=None, location=location)


_READERS: tuple[tuple[bytes, Callable[[bytes, str], tuple[Package, ...]]], ...] = (
    (GO, _go),
    (RUST, _rust),
    (MAVEN, _maven),
)
