"""The system's packages that a base image lacks: which to install by name, and what that will weigh.

Weights are those of the same packages in the image at hand. What installing rewrites (databases, caches, logs) is
stored again whole, so it weighs what the base has of it and what is added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE
from inspector.findings.finding import Subject
from inspector.globs import matcher
from inspector.layers.entries import Kind
from inspector.packages.databases.apk import DATABASES
from inspector.packages.databases.dpkg import EXTENDED_STATES, INFO, STATUS
from inspector.packages.model import Package
from inspector.packages.removal.graph import Graph
from inspector.packages.removal.needs import SYSTEM
from inspector.packages.removal.records import STATUS_OLD

DEBCONF = tuple(f"var/cache/debconf/{name}.dat" for name in ("templates", "config", "passwords"))
LOG_OF_DPKG = "var/log/dpkg.log"
LINKER_CACHES = ("etc/ld.so.cache", "var/cache/ldconfig/aux-cache")
REWRITTEN_BY_DPKG = (*DEBCONF, LOG_OF_DPKG, *LINKER_CACHES)
"""What every run of apt-get install stores again; debconf's only where the base has debconf."""

LOGGED_BY_DPKG, LOGGED_BY_APT, APT_LOGS = 870, 220, 5_200
"""Bytes that dpkg.log, and apt's logs, get for each package, and apt's logs for each run (measured with apt 2.6)."""

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
    "deb": ("apt-get update && apt-get install -y --no-install-recommends {names}", " && rm -rf /var/lib/apt/lists/*"),
    "apk": ("apk add --no-cache {names}", ""),
    "rpm": ("dnf install -y --setopt=install_weak_deps=False {names}", " && dnf clean all"),
}
"""By kind of packages, how they are installed in one RUN, and what follows in it."""

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


def installation(subject: Subject, wanted: Iterable[Package], present: frozenset[str]) -> Installation:
    """What to install of the wanted packages upon a base that has those in `present`, and what comes with them."""
    installed = [each.package for each in subject.inventory.installed if each.package.kind in SYSTEM]
    lacking = sorted((each for each in wanted if each.name not in present), key=lambda each: each.name)
    if not lacking:
        return NOTHING
    added = _with_needs(Graph(installed), lacking, present)
    named = _topmost(Graph(installed), lacking, present)
    kind = lacking[0].kind
    names = [each.name for each in named]
    if kind not in _COMMANDS or not all(map(_PLAIN_NAME, names)):
        return Installation(named, added, "", _weight(subject, added, present), is_known=False)
    install, after = _COMMANDS[kind]
    if kind == "deb" and not _cleans_itself(subject):
        install += " && apt-get clean"
    command = install.format(names=" ".join(names)) + after
    return Installation(named, added, command, _weight(subject, added, present))


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


def _cleans_itself(subject: Subject) -> bool:
    """Whether apt is set up to keep nothing that it downloads, as in Debian's official images."""
    return any(b"pkgcache" in data for path, data in subject.evidence.captured.items() if path.startswith("etc/apt/"))


def _weight(subject: Subject, added: Sequence[Package], present: frozenset[str]) -> int:
    weights = {each.package: each.size_bytes for each in subject.inventory.installed}
    size = sum(weights[each] for each in added)
    size += sum(_generated(subject, added))
    rewritten = {"deb": _by_dpkg, "apk": _by_apk, "rpm": _by_rpm}.get(added[0].kind)
    return size + (rewritten(subject, added, present) if rewritten else 0)


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


def _by_dpkg(subject: Subject, added: Sequence[Package], present: frozenset[str]) -> int:
    base = sizes_in_base(subject)
    names = present.union(each.name for each in added)
    status = _stanzas(subject.evidence.captured.get(STATUS, b""), rb"^Package: (.+)$", names)
    automatic = _stanzas(
        subject.evidence.captured.get(EXTENDED_STATES, b""), rb"^Package: (.+)$", {each.name for each in added[1:]}
    )
    configured = [each for each in added if f"{INFO}{each.name}.templates" in each.paths]
    debconf = sum(base.get(path, 0) for path in DEBCONF) * (2 if configured else 1)
    templates = sum(_size_of(subject, f"{INFO}{each.name}.templates") for each in configured)
    others = sum(base.get(path, 0) for path in (LOG_OF_DPKG, *LINKER_CACHES))
    logs = APT_LOGS + (LOGGED_BY_DPKG + LOGGED_BY_APT) * len(added)
    states = base.get(EXTENDED_STATES, 0) + automatic
    return (1 if STATUS_OLD not in base else 2) * status + states + debconf + templates + others + logs


def _by_apk(subject: Subject, added: Sequence[Package], present: frozenset[str]) -> int:
    names, captured = present.union(each.name for each in added), subject.evidence.captured
    size = sum(_stanzas(captured.get(path, b""), rb"^P:(.+)$", names) for path in DATABASES)
    return size + sum(_size_of(subject, path) for path in REWRITTEN_BY_APK)


def _by_rpm(subject: Subject, added: Sequence[Package], present: frozenset[str]) -> int:  # noqa: ARG001
    """The database as it is here, which has more packages in it and so is not smaller."""
    return sum(
        subject.filesystem.size(entry_id)
        for entry_id in subject.filesystem.visible()
        if REWRITTEN_BY_RPM.fullmatch(subject.filesystem.entry(entry_id).path)
    )


def _stanzas(data: bytes, name: bytes, names: Iterable[str]) -> int:
    """Bytes of the stanzas of these packages, with the empty line behind each."""
    wanted = {each.encode() for each in names}
    find = re.compile(name, re.MULTILINE).search
    found = ((stanza, find(stanza)) for stanza in data.split(b"\n\n"))
    return sum(len(stanza) + 2 for stanza, match in found if match and match[1] in wanted)


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
