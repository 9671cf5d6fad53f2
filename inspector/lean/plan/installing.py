"""The system's packages that a base image lacks: which to install by name, and what that will weigh.

Weights are those of the same packages in the image at hand. What installing rewrites (databases, caches, logs) is
stored again whole, so it weighs what the base has of it and what is added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import dirname

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE
from inspector.findings.finding import Subject
from inspector.findings.remedy import shell_path
from inspector.globs import matcher
from inspector.layers.entries import Kind
from inspector.lean.plan.copying import There, folders_of
from inspector.packages.databases.apk import DATABASES
from inspector.packages.databases.dpkg import EXTENDED_STATES, INFO, STATUS
from inspector.packages.model import Package
from inspector.packages.removal.graph import Graph
from inspector.packages.removal.needs import SYSTEM
from inspector.packages.removal.records import STATUS_OLD, record_bytes

DEBCONF = tuple(f"var/cache/debconf/{name}.dat" for name in ("templates", "config", "passwords"))
LOG_OF_DPKG = "var/log/dpkg.log"
LINKER_CACHES = ("etc/ld.so.cache", "var/cache/ldconfig/aux-cache")
REWRITTEN_BY_DPKG = (*DEBCONF, LOG_OF_DPKG, *LINKER_CACHES)
"""What every run of apt-get install stores again; debconf's only where the base has debconf."""

LIBRARIES = re.compile(r"usr/local/lib(?:64|/[^/]+-linux-[^/]+)?").fullmatch
"""Folders that glibc's linker looks into by its cache only."""

LOGGED_BY_DPKG, LOGGED_BY_APT, APT_LOGS = 870, 220, 5_200
"""Bytes that dpkg.log, and apt's logs, get for each package, and apt's logs for each run (measured with apt 2.6)."""

ALTERNATIVES = "/etc/alternatives/"
"""Where update-alternatives keeps what its links lead to."""

REWRITTEN_BY_APK = ("lib/apk/db/scripts.tar", "lib/apk/db/triggers", "etc/apk/world")
REWRITTEN_BY_RPM = matcher(
    ["{var/lib,usr/lib/sysimage}/rpm/**", "var/lib/dnf/**", "var/log/dnf*", "usr/lib/sysimage/libdnf5/**"]
)

GENERATED: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (matcher(["ca-certificates"]), matcher(["etc/ssl/certs/**", "etc/ca-certificates.conf"])),
    (matcher(["ca-certificates-java"]), matcher(["etc/ssl/certs/java/**"])),
    (matcher(["openjdk-*-jre-headless"]), matcher(["usr/lib/jvm/**"])),
    (matcher(["shared-mime-info"]), matcher(["usr/share/mime/**"])),
)
"""Packages, and what their scripts write that no list of files names."""

_COMMANDS = {
    "apt-get": (
        "apt-get update && apt-get install -y --no-install-recommends {names}",
        "rm -rf /var/lib/apt/lists/*",
    ),
    "apk": ("apk add --no-cache {names}", ""),
    "dnf": ("dnf install -y --setopt=install_weak_deps=False {names}", "dnf clean all"),
    "microdnf": ("microdnf install -y --setopt=install_weak_deps=0 {names}", "microdnf clean all"),
    "yum": ("yum install -y {names}", "yum clean all"),
    "zypper": ("zypper --non-interactive install --no-recommends {names}", "zypper clean --all"),
}
"""How package managers install in one RUN, and what follows in it."""

_MANAGERS = {"deb": ("apt-get",), "apk": ("apk",), "rpm": ("dnf", "microdnf", "zypper", "yum")}
"""By kind of packages, which of them install those; the first that an image has."""

FROM_FILES = re.compile(r"\bdpkg\s+(?:-i|--install)\b|\brpm\s+-\w*[iU]|(?<!\*)\.(?:deb|rpm)\b|--allow-untrusted").search
"""In a RUN that installs packages from files: no package manager finds those again."""

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+:-]*").fullmatch


class Installation(Struct, frozen=True):
    """`named` are the packages to name, `added` all that come, `command` the line of the RUN that installs them (empty:
    none are lacking). `size_bytes` is what the RUN's layer weighs. `is_known` is whether a command can be given."""

    named: tuple[Package, ...] = ()
    added: tuple[Package, ...] = ()
    command: str = ""
    size_bytes: int = 0
    is_known: bool = True


NOTHING = Installation()


class Under(Struct, frozen=True):
    """The image to install upon: names of its packages of the system, path → bytes of its files, its folders, its
    captured files."""

    packages: frozenset[str]
    sizes: Mapping[str, int]
    folders: There
    captured: Mapping[str, bytes]


def base_of(subject: Subject) -> Under:
    """The image's own base."""
    top = sum(owner.is_base for owner in subject.owners) - 1
    folders = folders_of(subject.filesystem, top)
    return Under(base_packages(subject), sizes_in_base(subject), folders, subject.evidence.captured)


def folders_of_packages(packages: Iterable[Package]) -> Iterator[str]:
    """The folders that installing the packages makes."""
    for package in packages:
        for path in package.paths:
            at = dirname(path)
            while at:
                yield at
                at = dirname(at)


def linker_bytes(subject: Subject, kept: Iterable[int], sizes: Mapping[str, int]) -> int:
    """What ldconfig writes upon an image whose files have these sizes, where it must find libraries that are carried;
    0 where it need not run."""
    if LINKER_CACHES[0] not in sizes:
        return 0
    for entry_id in kept:
        layer, row = subject.filesystem.locate(entry_id)
        facts = subject.scans[layer].facts.elf.get(row)
        is_library = facts is not None and facts.type == "shared" and bool(facts.soname)
        if is_library and LIBRARIES(dirname(subject.scans[layer].entries.paths[row])):
            return sum(sizes.get(each, 0) for each in LINKER_CACHES)
    return 0


def base_packages(subject: Subject) -> frozenset[str]:
    """The names of the system's packages that the base image has."""
    names = set()
    for change in subject.inventory.changes:
        if change.kind in SYSTEM and subject.is_from_base(change.layer):
            if change.after is not None:
                names.add(change.name)
            else:
                names.discard(change.name)
    return frozenset(names)


def installation(subject: Subject, wanted: Iterable[Package], under: Under) -> Installation:
    """What to install of the wanted packages, which the subject has, upon an image that lacks some."""
    installed = [each.package for each in subject.inventory.installed if each.package.kind in SYSTEM]
    lacking = sorted((each for each in wanted if each.name not in under.packages), key=lambda each: each.name)
    if not lacking:
        return NOTHING
    added = _with_needs(Graph(installed), lacking, under.packages)
    named = _topmost(Graph(installed), lacking, under.packages)
    manager = _manager(subject, lacking[0].kind)
    names = [each.name for each in named]
    if not manager or not all(map(_PLAIN_NAME, names)) or _are_from_files(subject, added):
        return Installation(named, added, "", _weight(subject, added, under), is_known=False)
    folders = " ".join(map(shell_path, _folders_to_make(subject, added, under)))
    install, after = _COMMANDS[manager]
    steps = (
        f"mkdir -p {folders}" if folders else "",
        install.format(names=" ".join(names)),
        "apt-get clean" if manager == "apt-get" and not _cleans_itself(under) else "",
        after,
    )
    command = " && ".join(filter(None, steps))
    return Installation(named, added, command, _weight(subject, added, under))


def _manager(subject: Subject, kind: str) -> str:
    """The program that installs packages of a kind, empty where none is known; of several the one that is there."""
    choices = _MANAGERS.get(kind, ())
    if len(choices) < 2:
        return next(iter(choices), "")
    paths = subject.evidence.paths
    return next((each for each in choices if paths.way(f"usr/bin/{each}")), "")


def _are_from_files(subject: Subject, added: Iterable[Package]) -> bool:
    """Whether a RUN that brought one of the packages installed from files."""
    layers = {each.layer for each in subject.inventory.installed if each.package in set(added)}
    return any(
        step.layer in layers and FROM_FILES(step.text) for step in subject.instructions if step.layer is not None
    )


def _folders_to_make(subject: Subject, added: Iterable[Package], under: Under) -> list[str]:
    """Folders that packages' scripts make links in and nobody brings: those of manual pages, where a base excludes
    them (update-alternatives fails without)."""
    brought = {*folders_of_packages(added), *under.folders}
    filesystem, made = subject.filesystem, set[str]()
    for layer, entries in enumerate(filesystem.layers):
        for row, target in entries.links.items():
            if target.startswith(ALTERNATIVES) and filesystem.leavers[filesystem.offsets[layer] + row] == VISIBLE:
                made.add(dirname(entries.paths[row]))
    return sorted(made - brought)


def _with_needs(graph: Graph, packages: Sequence[Package], present: frozenset[str]) -> tuple[Package, ...]:
    """The packages and what they need that is not there: of alternatives the first, as package managers choose."""
    added = dict.fromkeys(packages)
    pending = list(packages)
    while pending:
        user = pending.pop()
        for group in user.needs:
            choices = list(graph.providers(user, group))
            if choices and not any(each in added or each.name in present for each in choices):
                added[choices[0]] = None
                pending.append(choices[0])
    return tuple(added)


def _topmost(graph: Graph, packages: Sequence[Package], present: frozenset[str]) -> tuple[Package, ...]:
    """Those of the packages that none of the others brings."""
    top = list(packages)
    for package in packages:
        others = [each for each in top if each != package]
        if package in _with_needs(graph, others, present):
            top = others
    return tuple(top)


def _cleans_itself(under: Under) -> bool:
    """Whether apt is set up to keep nothing that it downloads, as in Debian's official images."""
    return any(b"pkgcache" in data for path, data in under.captured.items() if path.startswith("etc/apt/"))


def _weight(subject: Subject, added: Sequence[Package], under: Under) -> int:
    weights = {each.package: each.size_bytes for each in subject.inventory.installed}
    rewritten = {"deb": _by_dpkg, "apk": _by_apk, "rpm": _by_rpm}.get(added[0].kind)
    size = sum(weights[each] for each in added) + sum(_generated(subject, added))
    return size + (rewritten(subject, added, under.sizes) if rewritten else 0)


def _generated(subject: Subject, added: Sequence[Package]) -> Iterator[int]:
    globs = [files for packages, files in GENERATED if any(packages.fullmatch(each.name) for each in added)]
    if not globs:
        return
    owned = {entry for each in subject.inventory.installed for entry in each.entries}
    for entry_id in subject.filesystem.visible():
        layer, row = subject.filesystem.locate(entry_id)
        entries = subject.filesystem.layers[layer]
        if entry_id not in owned and any(files.fullmatch(entries.paths[row]) for files in globs):
            yield entries.sizes[row]


def _by_dpkg(subject: Subject, added: Sequence[Package], base: Mapping[str, int]) -> int:
    """Databases and logs as the base has them, and what is added; debconf's templates of packages that ask something
    come twice, with their backup."""
    records = record_bytes(subject.evidence.captured, added).values()
    databases = sum(base.get(path, 0) for path in (STATUS, STATUS_OLD, EXTENDED_STATES))
    databases += sum(size for record in records for size in record.values())
    asking = [size for each in added if (size := _size_of(subject, f"{INFO}{each.name}.templates"))]
    debconf = sum(base.get(path, 0) for path in DEBCONF) * (2 if asking else 1) + sum(asking)
    others = sum(base.get(path, 0) for path in (LOG_OF_DPKG, *LINKER_CACHES))
    return databases + debconf + others + APT_LOGS + (LOGGED_BY_DPKG + LOGGED_BY_APT) * len(added)


def _by_apk(subject: Subject, added: Sequence[Package], base: Mapping[str, int]) -> int:
    records = record_bytes(subject.evidence.captured, added).values()
    rewritten = sum(base.get(path, 0) for path in (*DATABASES, *REWRITTEN_BY_APK))
    return rewritten + sum(size for record in records for size in record.values())


def _by_rpm(subject: Subject, added: Sequence[Package], base: Mapping[str, int]) -> int:  # noqa: ARG001
    """The database as it is here, which has more packages in it and so is not smaller."""
    return sum(
        subject.filesystem.size(entry_id)
        for entry_id in subject.filesystem.visible()
        if REWRITTEN_BY_RPM.fullmatch(subject.filesystem.entry(entry_id).path)
    )


def sizes_in_base(subject: Subject) -> Mapping[str, int]:
    """Path → bytes of the files that the base image has."""
    count = sum(owner.is_base for owner in subject.owners)
    if not count:
        return {}
    filesystem, sizes = subject.filesystem, dict[str, int]()
    for entry_id in filesystem.visible(count - 1):
        layer, row = filesystem.locate(entry_id)
        entries = filesystem.layers[layer]
        if entries.kinds[row] == Kind.FILE:
            sizes[entries.paths[row]] = entries.sizes[row]
    return sizes


def _size_of(subject: Subject, path: str) -> int:
    for layer, entries in enumerate(subject.filesystem.layers):
        start = subject.filesystem.offsets[layer]
        for row, each in enumerate(entries.paths):
            if each == path and subject.filesystem.leavers[start + row] == VISIBLE:
                return entries.sizes[row]
    return 0
