"""dpkg's database: status (or a distroless image's status.d), file lists, diversions, and apt's marks.

Formats: deb-control(5), dpkg-query(1), Debian Policy 5 and 7; extended_states as apt-pkg/depcache.cc writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from inspector.packages.found import Files, Found, marked, system_purl, text
from inspector.packages.manager import Manager
from inspector.packages.memo import Memo
from inspector.packages.model import Alternatives, Distribution, Package, Relation
from inspector.packages.removal.commands import RemovalCommand
from inspector.packages.removal.sweep import apt_ways

STATUS = "var/lib/dpkg/status"
STATUS_FOLDER = "var/lib/dpkg/status.d/"
INFO = "var/lib/dpkg/info/"
DIVERSIONS = "var/lib/dpkg/diversions"
EXTENDED_STATES = "var/lib/apt/extended_states"

PRESENT = frozenset(("installed", "triggers-awaited", "triggers-pending"))
"""The last word of Status where all of a package is there (dpkg(1), “Package states”)."""

CONTROL_FILES = (
    *("list", "md5sums", "conffiles", "preinst", "postinst", "prerm", "postrm", "shlibs", "symbols", "triggers"),
    *("templates", "config"),
)
"""What dpkg keeps of a package in its info folder (deb-control(5) and the files it refers to)."""

_field = re.compile(
    rb"^(Package|Status|Priority|Section|Architecture|Multi-Arch|Source|Version|Depends|Pre-Depends|Recommends|Suggests"
    rb"|Provides|Essential|Protected|Important|Auto-Installed):[ \t]*(.*(?:\n[ \t].*)*)",
    re.MULTILINE,
)
_relation = re.compile(
    r"(?P<name>[^\s:(\[<]+)(?::(?P<architecture>[^\s(\[<]+))?\s*(?:\(\s*(?P<operator>[<>=]{1,2})\s*(?P<version>[^)\s]+)\s*\))?"
).match


def read(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:
    """The installed packages. Raises ValueError for stanzas without a name or a version."""
    diversions = _diversions(files.get(DIVERSIONS, b""))
    packages = [
        package for stanza in _stanzas(files.get(STATUS, b"")) if (package := memo(_package, stanza, distribution))
    ]
    is_automatic = _marks(files.get(EXTENDED_STATES), packages)
    for package in packages:
        stem = _stem(files, package)
        listed = partial(_listed, files.get(f"{INFO}{stem}.list", b""), stem, diversions(package.name))
        yield marked(Found(package, listed), is_automatic(package))
    yield from _distroless(files, distribution, memo)


def _distroless(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:
    """One file a package, with its md5sums beside it; nobody says what came automatically."""
    for path, data in files.items():
        if path.startswith(STATUS_FOLDER) and not path.endswith(".md5sums"):
            for stanza in _stanzas(data):
                package = memo(_package, stanza, distribution)
                if package:
                    yield Found(package, partial(_summed, path, files.get(f"{path}.md5sums", b"")))


def _stanzas(data: bytes) -> Iterator[bytes]:
    return (stanza for stanza in data.split(b"\n\n") if stanza.strip())


def fields_of(stanza: bytes) -> dict[str, str]:
    """The fields of a stanza that this module knows, continuation lines included."""
    return {match[1].decode(): text(match[2]).strip() for match in _field.finditer(stanza)}


def _package(stanza: bytes, distribution: Distribution) -> Package | None:
    """The package of a stanza; None where it is not (or not wholly) there."""
    fields = fields_of(stanza)
    status = fields.get("Status", "install ok installed").split()
    if status[-1] not in PRESENT:
        return None
    try:
        name, version = fields["Package"], fields["Version"]
    except KeyError as missing:
        raise ValueError(f"a stanza of dpkg's status has no field {missing}") from None
    architecture = fields.get("Architecture", "")
    return Package(
        kind="deb",
        name=name,
        version=version,
        architecture=architecture,
        purl=system_purl("deb", name, version, architecture, distribution),
        paths=(),
        automatic=None,
        needs=_groups(fields.get("Pre-Depends", "")) + _groups(fields.get("Depends", "")),
        wants=_groups(fields.get("Recommends", "")),
        suggests=_groups(fields.get("Suggests", "")),
        provides=tuple(relation for group in _groups(fields.get("Provides", "")) for relation in group),
        section=fields.get("Section", ""),
        priority=fields.get("Priority", ""),
        origin=fields.get("Source", name).partition(" ")[0],
        essential=fields.get("Essential") == "yes",
        protected="yes" in (fields.get("Protected"), fields.get("Important")),
        held=status[0] == "hold",
    )


def _groups(field: str) -> tuple[Alternatives, ...]:
    """`a (>= 1) | b:any, c`: groups, of which each is satisfied by any member."""
    return tuple(
        tuple(_parsed(choice) for choice in group.split("|") if choice.strip())
        for group in field.split(",")
        if group.strip()
    )


def _parsed(choice: str) -> Relation:
    match = _relation(choice.strip())
    if match is None:
        raise ValueError(f"dpkg's status holds the relation {choice!r}")
    return Relation(match["name"], match["operator"] or "", match["version"] or "", match["architecture"] or "")


def _stem(files: Files, package: Package) -> str:
    """What the package's files in the info folder are named after: `libc6:amd64` where several may be installed."""
    qualified = f"{package.name}:{package.architecture}"
    return qualified if f"{INFO}{qualified}.list" in files else package.name


def _listed(data: bytes, stem: str, diverted: Mapping[str, str]) -> Iterator[str]:
    """A list names folders too. Those that something is listed in are left out: one may be a link by now (`/lib`)."""
    paths = [line.strip("/") for line in text(data).split("\n")]
    folders = {path.rpartition("/")[0] for path in paths}
    for path in paths:
        if path not in folders and path != ".":
            yield diverted.get(path, path)
    for control in CONTROL_FILES:
        yield f"{INFO}{stem}.{control}"


def _summed(path: str, sums: bytes) -> Iterator[str]:
    """The paths of a md5sums file: `digest  path`."""
    yield from (line.partition("  ")[2].strip("/") for line in text(sums).splitlines() if "  " in line)
    yield from (path, f"{path}.md5sums")


def _diversions(data: bytes) -> Callable[[str], Mapping[str, str]]:
    """Package → where its files really are: three lines a diversion, original path, other path, diverting package.

    All packages but the diverting one are diverted; `:` is the administrator, who diverts all (dpkg-divert(1)).
    """
    lines = text(data).splitlines()
    triples = list(zip(lines[0::3], lines[1::3], lines[2::3], strict=False))

    def diverted(package: str) -> Mapping[str, str]:
        return {old.strip("/"): new.strip("/") for old, new, by in triples if by != package}

    return diverted


def _marks(states: bytes | None, packages: Iterable[Package]) -> Callable[[Package], bool | None]:
    """Whether apt has a package marked as automatic: no mark means by hand, as long as it is apt who would say so.

    apt marks packages for all architectures under the machine's own.
    """
    if states is None and all(package.name != "apt" for package in packages):
        return lambda package: None  # noqa: ARG005
    auto = set()
    for stanza in _stanzas(states or b""):
        fields = fields_of(stanza)
        if fields.get("Auto-Installed") == "1":
            auto |= {(fields.get("Package"), fields.get("Architecture")), (fields.get("Package"), "all")}
    return lambda package: (package.name, package.architecture) in auto


MANAGER = Manager(
    "deb",
    "dpkg",
    read,
    of_system=True,
    removal=RemovalCommand(
        "apt-get purge -y --auto-remove",
        keep="apt-mark manual",
        strict="-o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false",
        cleanup="rm -rf /var/lib/apt/lists/*",
    ),
    ways=apt_ways,
)
