"""The application's own files: what the image's own instructions brought, and which of it a running program can do
without.

In doubt a file is kept: a bigger image that runs beats a smaller one that does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from posixpath import dirname

from msgspec import Struct

from inspector.attribution.dockerfile import DockerfileInstruction
from inspector.attribution.instructions import Instruction
from inspector.attribution.syntax import exec_form, words_of
from inspector.filesystem.stack import VISIBLE
from inspector.findings.finding import Subject
from inspector.findings.path_rules import PathTable
from inspector.findings.registry import Severity
from inspector.findings.scripts import workdir_of
from inspector.globs import matcher
from inspector.layers.entries import Kind
from inspector.packages.model import Package
from inspector.packages.removal.needs import SYSTEM

ACCOUNTS = ("etc/passwd", "etc/group", "etc/shadow", "etc/gshadow")
"""Who exists in the image: by instructions that made users, and by packages that did."""

SOURCE_ENDINGS = (
    *(".c", ".cc", ".cpp", ".cxx", ".c++", ".h", ".hh", ".hpp", ".hxx", ".go", ".rs", ".java", ".kt", ".scala"),
    *(".swift", ".zig", ".cs", ".f90", ".adb", ".ads", ".hs", ".ml"),
)
SOURCE_NAMES = frozenset(
    (
        *("Makefile", "makefile", "GNUmakefile", "CMakeLists.txt", "Cargo.toml", "Cargo.lock", "go.mod", "go.sum"),
        *("meson.build", "pom.xml", "build.gradle", "build.gradle.kts", "configure.ac", "BUILD", "BUILD.bazel"),
    )
)
"""Source code of compiled languages, and what tells how to compile it."""

BESIDE_SOURCE = re.compile(
    r"(?:.*/)?(?:README|LICEN[CS]E|COPYING|CHANGELOG|AUTHORS|NOTICE|Dockerfile)[^/]*|.*\.(?:md|rst|in|am|cmake|ac|o|a|lo|la|d)"
    r"|(?:.*/)?\.(?:git|docker|editor|clang-)[^/]*"
).fullmatch
"""What lies beside source code and no program opens."""

SHARED = frozenset(
    (
        *("", "bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "root", "run", "sbin", "srv"),
        *("sys", "tmp", "usr", "usr/bin", "usr/lib", "usr/libexec", "usr/sbin", "usr/share", "usr/local", "var"),
        *("usr/local/bin", "usr/local/etc", "usr/local/lib", "usr/local/libexec", "usr/local/sbin", "usr/local/share"),
        *("var/lib", "var/tmp"),
    )
)
"""Folders in which things of all kinds lie side by side: none of them is somebody's tree."""

SYSTEM_FOLDERS = matcher(
    (
        "{bin,boot,dev,etc,home,lib,lib32,lib64,media,mnt,opt,proc,root,run,sbin,srv,sys,tmp,usr,var}",
        "{boot,dev,etc,lib,proc,run,sys,usr,var}/**",
    )
)
"""Where empty folders are the system's."""

STATE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "records of package managers",
        matcher(
            (
                "var/lib/{dpkg,apt,aptitude,ucf,rpm,dnf,yum,zypp,pacman}/**",
                "{lib,usr/lib}/apk/**",
                "usr/lib/sysimage/**",
                "etc/apk/world",
                "etc/dpkg/dpkg.cfg.d/**",
            )
        ),
    ),
    ("caches", matcher(("var/cache/**",))),
    ("logs and backups", matcher(("var/log/**", "var/backups/**", "etc/{passwd,group,shadow,gshadow,subuid,subgid}-"))),
    ("ranges of ids for users' containers", matcher(("etc/sub{uid,gid}",))),
    ("temporary files", matcher(("tmp/**", "var/tmp/**", "run/**", "var/run/**", "etc/.pwd.lock"))),
    ("what the engine writes itself", matcher(("etc/{hostname,hosts,resolv.conf}", "{dev,proc,sys}/**"))),
)
"""What RUNs leave of their work, by reason."""

REMADE = matcher(
    (
        "etc/{.java,alternatives,ca-certificates,cron.*,default,fonts,init.d,pam.d,profile.d,python3,rc?.d}/**",
        "etc/{ssl/certs,systemd,xml}/**",
        "etc/{ca-certificates.conf,environment,inputrc,localtime,mailcap,timezone}",
        "usr/lib/{jvm/**,**/*.cache}",
        "usr/share/{applications,glib-2.0,icons,info,mime,perl,python3}/**",
        "var/lib/{dbus,emacsen-common,ghostscript,pam,python,sgml-base,systemd,xml-core}/**",
    )
)
"""What the scripts of packages write when they are installed, and do again in the next image."""

SETTINGS_OF_APT = matcher(
    ["etc/apt/**", "usr/share/keyrings/**", "etc/yum.repos.d/**", "etc/apk/{repositories,keys/**}"]
)
"""What installing needs, and running does not."""

CACHES = ("LI3", "LI4", "LI7001", "LI7003")
"""Families and rules of waste that are waste in a tree that something runs from, too."""


class LeftOut(Struct, frozen=True):
    """What is not carried into the final image: files of a path, and why no program there needs them."""

    path: str
    files: int
    size_bytes: int
    reason: str


class Application(Struct, frozen=True):
    """`kept` are the ids of the entries to carry, `accounts` those of ACCOUNTS that the image's own instructions
    changed, `sources` what their package manager was told to install from."""

    kept: frozenset[int]
    left_out: tuple[LeftOut, ...]
    accounts: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()


def own_trees(subject: Subject) -> frozenset[str]:
    """The folders that the image's own instructions copied to or worked in."""
    trees = set()
    for step in subject.instructions:
        if step.from_base:
            continue
        folder = workdir_of(subject.instructions, step.index + 1).strip("/")
        if step.verb == "WORKDIR":
            trees.add(folder)
        elif step.verb in ("COPY", "ADD"):
            target = _target(step, step.written)
            path = target.strip("/") if target.startswith("/") else f"{folder}/{target}".strip("/")
            path = re.sub(r"(?:^|/)\.(?=/|$)", "", path).strip("/")
            trees.add(path if _is_folder(subject, step.layer, path) else dirname(path))
    return frozenset(trees - SHARED)


def is_source(path: str) -> bool:
    """Whether a file is source code, by its name: half a million are asked about, for which a pattern is too slow."""
    return path.endswith(SOURCE_ENDINGS) or path.rpartition("/")[2] in SOURCE_NAMES


class Search:
    """The search for what to carry: each file is judged once, and again only where source trees turn out to be used."""

    def __init__(self, subject: Subject, named: AbstractSet[str], *, interpreted: bool) -> None:
        """`named` are real paths that entry point, command and health check name; `interpreted` is whether something
        runs that is no compiled program."""
        self._subject, self._named = subject, named
        self._filesystem = subject.filesystem
        self._folder = subject.evidence.run.working_folder.strip("/")
        self._trees = own_trees(subject)
        self._packaged, self._installed_by = _packaged(subject)
        self._installing = frozenset(layer for layer in self._installed_by.values() if layer is not None)
        self._rules = PathTable()
        self._copied = frozenset(filter(subject.is_copied, range(len(self._filesystem.layers))))
        self._entries = list(self._candidates())
        self._used = {tree for path in named if (tree := self._tree_of(path))}
        if interpreted and self._folder not in SHARED:
            self._used.add(self._folder)
        self._interpreted = interpreted
        self._source_trees: frozenset[str] | None = None
        self._known_trees: dict[str, str] = {}
        self._reasons: list[str] = []

    def found(self, needed: AbstractSet[int]) -> Application:
        """What to carry, where programs were found to need the entries with the ids `needed`."""
        self._judge(frozenset(self._find_source_trees(needed)))
        kept, left = set[int](), dict[tuple[str, str], list[int]]()
        accounts, sources = [], []
        for (path, entry_id, _), reason in zip(self._entries, self._reasons, strict=True):
            if path in ACCOUNTS:
                accounts.append(entry_id)
            elif SETTINGS_OF_APT.fullmatch(path):
                sources.append(entry_id)
            elif not reason or entry_id in needed:
                kept.add(entry_id)
            elif reason != "-":
                self._note(left, path, entry_id, reason)
        told = (LeftOut(path, len(sizes), sum(sizes), reason) for (path, reason), sizes in left.items())
        return Application(frozenset(kept), tuple(sorted(told, key=_order)), tuple(accounts), tuple(sources))

    def _judge(self, source_trees: frozenset[str]) -> None:
        """The reason against each entry, where these are the source trees that nothing is started from."""
        if source_trees != self._source_trees:
            self._source_trees, self._known_trees = source_trees, {}
            self._reasons = [self._reason_against(*each) for each in self._entries]

    def _candidates(self) -> Iterator[tuple[str, int, int]]:
        """(path, entry id, kind) of what own layers brought, packages of the system did not, and is still seen."""
        for layer, entries in enumerate(self._filesystem.layers):
            if self._subject.is_from_base(layer):
                continue
            start, copied = self._filesystem.offsets[layer], layer in self._copied
            for row, kind in enumerate(entries.kinds):
                entry_id = start + row
                if kind <= Kind.DIRECTORY and self._filesystem.leavers[entry_id] == VISIBLE:
                    path = entries.paths[row]
                    owner = self._packaged.get(entry_id)
                    changed = owner is not None and self._installed_by[owner] != layer and not path.endswith(".pyc")
                    if owner is None or kind == Kind.DIRECTORY or copied or changed:
                        yield path, entry_id, kind

    def _reason_against(self, path: str, entry_id: int, kind: int) -> str:
        """Why an entry is not carried, `-` where that need not be told; empty where it is."""
        if path in self._named:
            return ""
        layer, row = self._filesystem.locate(entry_id)
        if kind == Kind.DIRECTORY:
            systems = SYSTEM_FOLDERS.fullmatch(path) and self._filesystem.layers[layer].uids[row] == 0
            of_state = any(paths.fullmatch(path) for _, paths in STATE)
            again = self._subject.verb_of(layer) == "WORKDIR"
            wasted = self._rules.rule_for(f"{path}/file", owned=False, core=False) is not None
            return "-" if systems or of_state or again or wasted or self._source_tree_of(path) else ""
        copied = layer in self._copied
        if not copied:
            if reason := next((reason for reason, paths in STATE if paths.fullmatch(path)), ""):
                return reason
            if self._is_remade(path, layer, row, kind):
                return "-"
        if tree := self._source_tree_of(path):
            if tree != self._folder or is_source(path) or BESIDE_SOURCE(path):
                return "source code that nothing is started from"
        elif copied and is_source(path) and not self._tree_of(path):
            return "source code that nothing is started from"
        rule = self._rules.rule_for(path, owned=False, core=False)
        if rule is None or rule.severity is Severity.INFO or self._filesystem.layers[layer].sizes[row] < rule.minimum:
            return ""
        if self._interpreted and self._is_used(path) and not rule.id.startswith(CACHES):
            return ""
        return rule.name

    def _is_remade(self, path: str, layer: int, row: int, kind: int) -> bool:
        """Whether installing packages writes it again: what their scripts write, alternatives, the linker's cache."""
        if path == "etc/ld.so.cache":
            return True
        link = self._filesystem.layers[layer].links.get(row, "")
        if kind == Kind.SYMLINK and link.startswith("/etc/alternatives/"):
            return True
        return layer in self._installing and REMADE.fullmatch(path) is not None

    def _tree_of(self, path: str) -> str:
        """The nearest of the own trees that a path lies in, empty where it lies in none."""
        while path := dirname(path):
            if path in self._trees:
                return path
        return ""

    def _source_tree_of(self, path: str) -> str:
        """The source tree that a path is or lies in, empty where something is started nearer to it."""
        if self._source_trees and path in self._source_trees:
            return path
        if not path or path in self._used:
            return ""
        folder = path.rpartition("/")[0]
        if folder not in self._known_trees:
            self._known_trees[folder] = self._source_tree_of(folder)
        return self._known_trees[folder]

    def _is_used(self, path: str) -> bool:
        return any(path.startswith(f"{tree}/") for tree in self._used)

    def _find_source_trees(self, needed: AbstractSet[int]) -> Iterator[str]:
        """The trees with source code from which nothing is started and nothing named."""
        holding = {tree for path, _, _ in self._entries if is_source(path) and (tree := self._tree_of(path))}
        for tree in holding:
            used_above = self._interpreted and any(tree == used or tree.startswith(f"{used}/") for used in self._used)
            used_below = any(path == tree or path.startswith(f"{tree}/") for path in (*self._named, *self._used))
            needs_it = any(self._filesystem.entry(each).path.startswith(f"{tree}/") for each in needed)
            if not (used_above or used_below or needs_it):
                yield tree

    def _note(self, left: dict[tuple[str, str], list[int]], path: str, entry_id: int, reason: str) -> None:
        """Told by the tree, or by a folder near the root: three names are enough to know what is meant."""
        place = self._source_tree_of(path) or "/".join(dirname(path).split("/")[:3]) or path
        left.setdefault((place, reason), []).append(self._filesystem.size(entry_id))


def _order(left: LeftOut) -> tuple[bool, int]:
    """What people may miss first, then what the system left of its work; of both the biggest first."""
    return any(left.reason == reason for reason, _ in STATE), -left.size_bytes


def _packaged(subject: Subject) -> tuple[Mapping[int, Package], Mapping[Package, int | None]]:
    """Entry id → the package of the system that it belongs to, and package → the layer that installed it."""
    installed = [each for each in subject.inventory.installed if each.package.kind in SYSTEM]
    return (
        {entry: each.package for each in installed for entry in each.entries},
        {each.package: each.layer for each in installed},
    )


def _is_folder(subject: Subject, layer: int | None, path: str) -> bool:
    """Whether an instruction copied into a folder of this path, by what is below it."""
    if layer is None:
        return True
    return any(each.startswith(f"{path}/") for each in subject.filesystem.layers[layer].paths)


def _target(step: Instruction, written: DockerfileInstruction | None) -> str:
    words = (exec_form(written.text) or words_of(written.text)) if written else words_of(step.text)
    return words[-1].strip("\"'")
