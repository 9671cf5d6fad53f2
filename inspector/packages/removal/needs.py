"""The rescue: packages that must stay because something outside the packages needs a file of theirs.

Package managers know only what packages need. A program in /usr/local/bin is linked to libraries, a script names its
interpreter, the image its entry point: whoever owns those must be kept by hand when the build tools go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE
from inspector.globs import matcher
from inspector.layers.elf.facts import ElfFacts
from inspector.packages.evidence import Evidence
from inspector.packages.managers import MANAGERS
from inspector.packages.model import Package
from inspector.packages.paths import Paths
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


def needed_packages(evidence: Evidence) -> dict[Package, Need]:
    """The system's packages that something outside of them needs, each with the first reason found."""
    return _Search(evidence).found()


class _Search:
    def __init__(self, evidence: Evidence) -> None:
        self._filesystem, self._scans, self._inventory = evidence.filesystem, evidence.scans, evidence.inventory
        self._paths = Paths(evidence.filesystem)
        self._programs = Programs(self._paths, evidence.run)
        self._linker = Linker(self._paths, evidence.captured, evidence.run.variable("LD_LIBRARY_PATH"))
        self._owners: dict[str, Package] = {}
        for each in evidence.inventory.installed:
            if each.package.kind in SYSTEM:
                for path in each.package.paths:
                    self._owners.setdefault(path, each.package)
        self._needs: dict[Package, Need] = {}

    def found(self) -> dict[Package, Need]:
        for source, word, way in self._programs.started():
            self._need_owners(way, word, f"the image's {source}")
        for path, facts in self._own_elves():
            self._need_libraries(path, facts)
            if python := _of_python(path):
                self._need_program(python[1], f"/{path}")
        for path, first_line in self._own_scripts():
            for word in script_words(first_line):
                self._need_program(word, f"/{path}")
        for each in self._inventory.installed:
            package = each.package
            if package.kind in RUNTIMES and not package.dev and package.location:
                self._need_runtime(package)
        self._add_whole()
        return self._needs

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
        visible = self._filesystem.leavers[self._filesystem.offsets[layer] + row] == VISIBLE
        return visible and self._scans[layer].entries.paths[row] not in self._owners

    def _need_libraries(self, path: str, facts: ElfFacts) -> None:
        """The libraries of one file, and of those that no package owns theirs, and so on."""
        if facts.interpreter:
            self._need_owners(self._paths.way(facts.interpreter), facts.interpreter, f"/{path}")
        seen: set[str] = set()
        pending: list[tuple[str, ElfFacts, tuple[str, ...]]] = [(path, facts, ())]
        while pending:
            at, own, inherited = pending.pop()
            for soname in own.needed:
                way, library = self._library(soname, own, at, inherited)
                if library is None:
                    continue
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

    def _need_program(self, word: str, who: str) -> None:
        self._need_owners(self._programs.way(word), word, who)

    def _need_runtime(self, package: Package) -> None:
        """What runs a package of a language; of Python the version in whose folder it lies."""
        python = _of_python(f"{package.location}/")
        for word in (python[1], *RUNTIMES[package.kind]) if python else RUNTIMES[package.kind]:
            if way := self._programs.way(word):
                self._need_owners(way, word, f"{package.name} in /{package.location}")
                return

    def _need_owners(self, way: Iterable[str], what: str, who: str) -> bool:
        """Note the owners of a file and of the links to it; tells whether the file itself is a package's."""
        owner = None
        for path in way:
            owner = self._owners.get(path)
            if owner is not None:
                self._needs.setdefault(owner, Need(owner, what, who))
        return owner is not None

    def _add_whole(self) -> None:
        """The full interpreter beside a bare one that is needed."""
        for need in list(self._needs.values()):
            for bare, whole in WHOLE:
                if bare.fullmatch(need.package.name):
                    for each in self._inventory.installed:
                        if whole.fullmatch(each.package.name) and "-" not in each.package.name:
                            self._needs.setdefault(each.package, Need(each.package, need.what, need.who))
