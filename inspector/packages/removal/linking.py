"""How the dynamic linker finds libraries: ld.so(8) for glibc, musl's ldso/dynlink.c."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname, join

from inspector.globs import matcher
from inspector.layers.elf.facts import ElfFacts
from inspector.packages.paths import Paths

MUSL_DEFAULT = ("lib", "usr/local/lib", "usr/lib")
GLIBC_DEFAULT = ("lib64", "usr/lib64", "lib", "usr/lib")
TRIPLETS = {
    3: "i386-linux-gnu",
    21: "powerpc64le-linux-gnu",
    22: "s390x-linux-gnu",
    40: "arm-linux-gnueabihf",
    62: "x86_64-linux-gnu",
    183: "aarch64-linux-gnu",
    243: "riscv64-linux-gnu",
}
"""Debian's folders of libraries by ELF machine, which its glibc searches without being told."""

CONF = "etc/ld.so.conf"
_musl_path = re.compile(r"etc/ld-musl-[^/]+\.path").fullmatch


class Linker:
    """Finds the libraries that an ELF file needs in the final image."""

    def __init__(self, paths: Paths, captured: Mapping[str, bytes], library_path: str = "") -> None:
        """`captured` are the visible captured files, `library_path` is the image's LD_LIBRARY_PATH."""
        self._paths = paths
        self._environment = tuple(filter(None, re.split("[:;]", library_path)))
        self._glibc = tuple(_conf_folders(captured, CONF, set()))
        told = next((data for path, data in sorted(captured.items()) if _musl_path(path)), None)
        self._musl = MUSL_DEFAULT if told is None else tuple(told.decode("utf-8", "replace").replace(":", "\n").split())

    def candidates(
        self, soname: str, facts: ElfFacts, path: str, inherited: Sequence[str]
    ) -> Iterator[tuple[str, ...]]:
        """The ways (Paths.way) to files with this name, in the linker's order; whether they fit is not looked at.

        `inherited` are the run paths of what loads the file at `path`, expanded.
        """
        if "/" in soname:
            folders: Iterator[str] = iter(("",))
        else:
            folders = self._folders(facts, path, inherited)
        for folder in folders:
            way = self._paths.way(join(folder, soname))
            if way:
                yield way

    def passed_on(self, facts: ElfFacts, path: str, inherited: Sequence[str]) -> tuple[str, ...]:
        """The run paths that count for the libraries of the file too: RPATH, and on musl also RUNPATH."""
        own = _expanded(facts, path) if facts.rpath or is_musl(facts) else ()
        return (*own, *inherited)

    def _folders(self, facts: ElfFacts, path: str, inherited: Sequence[str]) -> Iterator[str]:
        own = _expanded(facts, path)
        if is_musl(facts):
            yield from (*self._environment, *own, *inherited, *self._musl)
            return
        if not own or facts.rpath:  # RUNPATH turns every RPATH off
            yield from (*own, *inherited)
        yield from self._environment
        yield from own
        yield from self._glibc
        triplet = TRIPLETS.get(facts.machine, "")
        yield from (f"lib/{triplet}", f"usr/lib/{triplet}") if triplet else ()
        yield from GLIBC_DEFAULT


def is_musl(facts: ElfFacts) -> bool:
    """Whether musl's linker loads the file."""
    return "ld-musl" in facts.interpreter or any(name.startswith(("libc.musl", "ld-musl")) for name in facts.needed)


def _expanded(facts: ElfFacts, path: str) -> tuple[str, ...]:
    """Run paths with $ORIGIN replaced; $LIB as most systems have it."""
    origin = f"/{dirname(path)}"
    values = {"ORIGIN": origin, "LIB": "lib64" if facts.bits == 64 else "lib", "PLATFORM": "x86_64"}
    return tuple(
        re.sub(r"\$\{?(ORIGIN|LIB|PLATFORM)\}?", lambda match: values[match[1]], each) for each in facts.run_paths
    )


def _conf_folders(captured: Mapping[str, bytes], path: str, seen: set[str]) -> Iterator[str]:
    """The folders of ld.so.conf and what it includes (ldconfig(8))."""
    if path in seen:
        return
    seen.add(path)
    for line in captured.get(path, b"").decode("utf-8", "replace").splitlines():
        words = line.partition("#")[0].split()
        if words[:1] == ["include"]:
            for pattern in words[1:]:
                wanted = matcher([join("/etc", pattern).strip("/")])
                for included in sorted(filter(wanted.fullmatch, captured)):
                    yield from _conf_folders(captured, included, seen)
        elif words and words[0] != "hwcap":
            yield words[0].partition("=")[0]
