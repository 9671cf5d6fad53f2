"""Packages that programs and jars were built from, by the notes in them (layers/build_notes.py).

The program's own package has its bytes, unless another package owns the file: then these are parts of that. What was
compiled into it weighs 0, for nobody can tell its bytes apart.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from inspector.layers.build_notes import GO, JAR, MAVEN, RUST
from inspector.layers.elf.pieces import GO_MARK
from inspector.packages.found import Files, Found, purl, text
from inspector.packages.manager import Manager
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Package

BUILT = frozenset(("golang", "cargo", "maven"))
"""Kinds of packages that only say what a file was built from: nobody installed the file by them."""

MAX_UNPACKED = 8 << 20
"""Bytes of audit data after decompression, so that a bomb is none."""

_jar_name = re.compile(r"(?P<name>.+?)(?:-(?P<version>\d[^/]*))?\.[jwe]ar").fullmatch


def read(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:  # noqa: ARG001
    """What is built into each program and jar. A damaged note is as good as none."""
    for path, data in files.items():
        for kind, packages in _READERS:
            if data.startswith(kind):
                for number, package in enumerate(memo(packages, data[len(kind) :], path)):
                    listed = partial(tuple, (path,)) if number == 0 else tuple
                    yield Found(package, listed, record=path, shared=True)


def _go(data: bytes, path: str) -> tuple[Package, ...]:
    """The main module, then its dependencies (debug/buildinfo; strings inline, as since Go 1.18).

    A program built without modules, as Debian builds them, has only the path of its main package. Older programs
    have pointers in place of the strings, which are not followed.
    """
    if not data.startswith(GO_MARK) or len(data) < 33 or not data[15] & 2:
        return ()
    _, end = _string(data, 32)
    modules, _ = _string(data, end)
    if len(modules) < 33 or modules[-17:-16] != b"\n":  # within 16 bytes on either side by which it is found in memory
        return ()
    found: list[tuple[str, str]] = []
    main = ""
    for line in text(modules[16:-16]).splitlines():
        word, _, rest = line.partition("\t")
        name, version = (*rest.split("\t"), "")[:2]
        if word == "path":
            main = rest
        elif word in ("mod", "dep"):
            found.append((name, version.removeprefix("(devel)")))
        elif word == "=>" and found:
            local = name.startswith((".", "/"))  # a folder beside the sources, of no known version
            found[-1] = (found[-1][0], "") if local else (name, version)
    return _packages("golang", path, (("", *module) for module in found or [(main, "")]))


def _string(data: bytes, start: int) -> tuple[bytes, int]:
    """A string with its length before it as a varint, and where it ends."""
    length = shift = 0
    for position in range(start, min(start + 5, len(data))):
        length |= (data[position] & 0x7F) << shift
        shift += 7
        if data[position] < 0x80:
            end = position + 1 + length
            return data[position + 1 : end], end
    return b"", len(data)


def _rust(data: bytes, path: str) -> tuple[Package, ...]:
    """The root package, then its run-time dependencies (cargo-auditable, PARSING.md)."""
    try:
        audit = json.loads(zlib.decompressobj().decompress(data, MAX_UNPACKED))
        crates = [crate for crate in audit["packages"] if crate.get("kind", "runtime") == "runtime"]
        crates.sort(key=lambda crate: not crate.get("root", False))
        return _packages("cargo", path, (("", str(crate["name"]), str(crate["version"])) for crate in crates))
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


def _maven(data: bytes, path: str) -> tuple[Package, ...]:
    """The jar's own artifact first: the one that the file is named after, or else the first."""
    found: list[tuple[str, str, str]] = []
    for pom in re.split(r"(?:\r?\n){2}", text(data)):
        fields = _fields(pom, "=")
        found.append((fields.get("groupId", ""), fields.get("artifactId", ""), fields.get("version", "")))
    file = path.rpartition("/")[2]
    found.sort(key=lambda artifact: -len(artifact[1]) if file.startswith(artifact[1]) else 0)
    return _packages("maven", path, found)


def _jar(data: bytes, path: str) -> tuple[Package, ...]:
    """By the file's name, `name-1.2.3.jar`; group and version as the manifest says, where Maven or Gradle wrote it."""
    fields = _fields(text(data), ":")
    match = _jar_name(path.rpartition("/")[2])
    if match is None:
        return ()
    version = match["version"] or fields.get("Implementation-Version") or fields.get("Bundle-Version") or ""
    return _packages("maven", path, [(fields.get("Implementation-Vendor-Id", ""), match["name"], version)])


def _fields(lines: str, separator: str) -> dict[str, str]:
    parted = (line.partition(separator) for line in lines.splitlines() if not line.startswith("#"))
    return {key.strip(): value.strip() for key, _, value in parted}


def _packages(kind: str, location: str, found: Iterable[tuple[str, str, str]]) -> tuple[Package, ...]:
    """The packages of these (group, name, version), without those whose name is none."""
    packages = []
    for group, name, version in dict.fromkeys(found):
        *folders, last = name.split("/") if kind == "golang" else [name]
        try:
            url = purl(kind, last, version, namespace="/".join(folders) or group)
        except ValueError:
            continue
        packages.append(Package(kind, name, version, "", url, (), automatic=None, location=location))
    return tuple(packages)


_READERS: tuple[tuple[bytes, Callable[[bytes, str], tuple[Package, ...]]], ...] = (
    (GO, _go),
    (RUST, _rust),
    (MAVEN, _maven),
    (JAR, _jar),
)


MANAGER = Manager("golang, cargo or maven", "", read)
"""Whatever is kept of a file that the table of captured files does not name is a note."""
