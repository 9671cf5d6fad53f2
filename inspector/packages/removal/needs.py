"""The rescue: packages that must stay because something outside the packages needs a file of theirs.

Package managers know only what packages need. A program in /usr/local/bin is linked to libraries, a script names its
interpreter, the image its entry point: whoever owns those must be kept by hand when the build tools go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE
from inspector.globs import matcher
from inspector.layers.elf.facts import ElfFacts
from inspector.packages.evidence import Evidence
from inspector.packages.managers import MANAGERS
from inspector.packages.model import Package
from inspector.packages.removal.linking import Linker
from inspector.packages.removal.programs import Programs, script_words

SYSTEM = frozenset(manager.kind for manager in MANAGERS if manager.of_system)
"""Kinds of packages whose manager knows what they need of each other."""

RUNTIMES = {manager.kind: manager.runtimes for manager in MANAGERS if manager.runtimes}
"""What runs the packages of a language."""

WHOLE = tuple(
    (matcher([bare]), matcher([whole]))
    for bare, whole in (("python3-minimal", "python3"), ("python3.*-minimal", "python3.*"), ("perl-base", "perl"))
)
"""Globs over names of Debian's packages of a bare interpreter, and the packages that its programs expect beside it."""

ASSUMPTIONS = (
    "what programs load by name at run time (dlopen: NSS, gconv, OpenSSL's modules, plugins) is not seen",
    "programs that scripts and other programs start are not seen, but for entry point, command and health check",
    "links that /etc/alternatives keeps for removed packages go with them",
)
"""What nobody can see from outside; a person must know it."""

_of_python = re.compile(r"(?:^|/)lib/(python3\.\d+)/").search


class Need(Struct, frozen=True):
    """Why a package must stay: `what` (a library, a program) is its file, and `who` outside the packages needs it."""

    package: Package
    what: str
    who: str


class Missing(Struct, frozen=True):
    """What `who` needs and the image does not have: a library by its soname, a loader or a program by its path."""

    what: str
    who: str


class Needs(Struct, frozen=True):
    """What files outside of the system's packages need to run.

    `packages` are the system's, `files` the entry ids of programs and libraries that no package of the system owns,
    `missing` is what is not there.
    """

    packages: dict[Package, Need]
    files: frozenset[int]
    missing: tuple[Missing, ...]


def needed_packages(evidence: Evidence) -> dict[Package, Need]:
    """The system's packages that something outside of them needs, each with the first reason found."""
    return find_needs(evidence).packages


def find_needs(evidence: Evidence, only: AbstractSet[int] | None = None) -> Needs:
    """What the image's command, and its files outside of packages, need; `only` are the entry ids of those that count
    (None: all that are visible)."""
    return _Search(evidence, only).found()


class _Search:
    def __init__(self, evidence: Evidence, only: AbstractSet[int] | None) -> None:
        self._filesystem, self._scans, self._inventory = evidence.filesystem, evidence.scans, evidence.inventory
        self._paths = evidence.paths
        self._programs = Programs(self._paths, evidence.run)
        self._linker = Linker(self._paths, evidence.captured, evidence.run.variable("LD_LIBRARY_PATH"))
        self._owners: dict[str, Package] = {}
        for each in evidence.inventory.installed:
            if each.package.kind in SYSTEM:
                for path in each.package.paths:
                    self._owners.setdefault(path, each.package)
        self._only = only
        self._needs: dict[Package, Need] = {}
        self._files: set[int] = set()
        self._missing: dict[Missing, None] = {}

    def found(self) -> Needs:
        for source, word, way in self._programs.started():
            self._need_owners(way, word, f"the image's {source}")
        for path, facts in self._own_elves():
            self._need_libraries(path, facts)
            python = _of_python(path)
            if python and not self._need_program(python[1], f"/{path}"):
                self._missing[Missing(python[1], f"/{path}")] = None
        for path, first_line in self._own_scripts():
            for word in script_words(first_line):
                if not self._need_program(word, f"/{path}"):
                    self._missing[Missing(word, f"/{path}")] = None
        for each in self._inventory.installed:
            package = each.package
            counts = self._only is None or not self._only.isdisjoint(each.entries)
            if package.kind in RUNTIMES and not package.dev and package.location and counts:
                self._need_runtime(package)
        self._add_whole()
        return Needs(self._needs, frozenset(self._files), tuple(self._missing))

    def _own_elves(self) -> Iterator[tuple[str, ElfFacts]]:
        """The visible programs and libraries that no system package owns."""
        for layer, scan in enumerate(self._scans):
            for row, facts in scan.facts.elf.items():
                if facts.type in ("executable", "shared") and self._is_own(layer, row):
                    yield scan.entries.paths[row], facts

    def _own_scripts(self) -> Iterator[tuple[str, str]]:
        """Executable scripts outside of all packages; in packages of a language only what PATH leads to."""
        of_languages = {
            entry for each in self._inventory.installed if each.package.kind not in SYSTEM for entry in each.entries
        }
        for layer, scan in enumerate(self._scans):
            start = self._filesystem.offsets[layer]
            for row, first_line in scan.facts.scripts.items():
                path = scan.entries.paths[row]
                if not scan.entries.modes[row] & 0o111 or not self._is_own(layer, row):
                    continue
                if start + row not in of_languages or f"/{path.rpartition('/')[0]}" in self._programs.folders:
                    yield path, first_line

    def _is_own(self, layer: int, row: int) -> bool:
        entry_id = self._filesystem.offsets[layer] + row
        counts = self._only is None or entry_id in self._only
        visible = self._filesystem.leavers[entry_id] == VISIBLE
        return counts and visible and self._scans[layer].entries.paths[row] not in self._owners

    def _need_libraries(self, path: str, facts: ElfFacts) -> None:
        """The libraries of one file, and of those that no package owns theirs, and so on."""
        if facts.interpreter:
            loader = self._paths.way(facts.interpreter)
            self._need_owners(loader, facts.interpreter, f"/{path}")
            if not loader:
                self._missing[Missing(facts.interpreter, f"/{path}")] = None
        seen: set[str] = set()
        pending: list[tuple[str, ElfFacts, tuple[str, ...]]] = [(path, facts, ())]
        while pending:
            at, own, inherited = pending.pop()
            for soname in own.needed:
                way, library = self._library(soname, own, at, inherited)
                if library is None:
                    self._missing[Missing(soname, f"/{path}")] = None
                    continue
                for version in _lacking(own, soname, library):
                    self._missing[Missing(f"{version} of {soname}", f"/{path}")] = None
                if not self._need_owners(way, soname, f"/{path}") and way[-1] not in seen:
                    seen.add(way[-1])
                    pending.append((way[-1], library, self._linker.passed_on(own, at, inherited)))

    def _library(
        self, soname: str, facts: ElfFacts, path: str, inherited: Sequence[str]
    ) -> tuple[tuple[str, ...], ElfFacts | None]:
        """The way to the first file of this name that is for the same machine, and its facts."""
        for way in self._linker.candidates(soname, facts, path, inherited):
            library = self._facts_of(way[-1])
            if library is not None and (library.bits, library.machine) == (facts.bits, facts.machine):
                return way, library
        return (), None

    def _facts_of(self, path: str) -> ElfFacts | None:
        entry = self._paths.file(path)
        if entry is None:
            return None
        layer, row = self._filesystem.locate(entry)
        return self._scans[layer].facts.elf.get(row)

    def _need_program(self, word: str, who: str) -> bool:
        """Note who owns a program; tells whether it is there."""
        way = self._programs.way(word)
        self._need_owners(way, word, who)
        return bool(way)

    def _need_runtime(self, package: Package) -> None:
        """What runs a package of a language; of Python the version in whose folder it lies."""
        python = _of_python(f"{package.location}/")
        who = f"{package.name} in /{package.location}"
        for word in (python[1], *RUNTIMES[package.kind]) if python else RUNTIMES[package.kind]:
            if way := self._programs.way(word):
                self._need_owners(way, word, who)
                return
        self._missing[Missing(python[1] if python else RUNTIMES[package.kind][0], who)] = None

    def _need_owners(self, way: Sequence[str], what: str, who: str) -> bool:
        """Note the owners of a file and of the links to it; tells whether the file itself is a package's."""
        owner = None
        for path in way:
            owner = self._owners.get(path)
            if owner is not None:
                self._needs.setdefault(owner, Need(owner, what, who))
        entry_id = self._paths.file(way[-1]) if way and owner is None else None
        if entry_id is not None:
            self._files.add(entry_id)
        return owner is not None

    def _add_whole(self) -> None:
        """The full interpreter beside a bare one that is needed."""
        for need in list(self._needs.values()):
            for bare, whole in WHOLE:
                if bare.fullmatch(need.package.name):
                    for each in self._inventory.installed:
                        if whole.fullmatch(each.package.name) and "-" not in each.package.name:
                            self._needs.setdefault(each.package, Need(each.package, need.what, need.who))


def _lacking(facts: ElfFacts, soname: str, library: ElfFacts) -> Iterator[str]:
    """The versions of symbols that a file asks of a library and the library does not have; one without any has all."""
    if library.defines:
        yield from (version for name, version in facts.requires if name == soname and version not in library.defines)
