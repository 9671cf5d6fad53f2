"""What readers are given and what they give: captured files in, packages with their claims on files out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace
from packageurl import PackageURL

from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Package
from inspector.safe_names import utf8

Files = Mapping[str, bytes]
"""The captured files that a reader asked for, by path, as they are after some layer."""


class UnreadableError(ValueError):
    """A database is not what its format says. Readers raise only ValueErrors."""


_escape = re.compile("%[0-9a-f]{2}")


def nothing() -> tuple[str, ...]:
    """The paths of a package that lists none."""
    return ()


class Found(Struct, frozen=True):
    """A package as its database tells of it, before anybody looked at the file system.

    `listed` gives the normalised paths it lists, and raises nothing; folders, and files that are not there, may be
    among them. All below `folders` belongs to it too, unless someone claims more. `record` is the file that tells of
    the package, where it has one to itself: when another package owns that, this one is only a part of it (a Python
    module from a deb).
    """

    package: Package
    listed: Callable[[], Iterable[str]] = nothing
    folders: tuple[str, ...] = ()
    record: str = ""
    shared: bool = False
    """Whether other packages of its kind are told of by the same record, and are no part of each other."""


Reader = Callable[[Files, Distribution, Memo], Iterable[Found]]
"""(captured files, distribution, what may be kept from one layer to the next) → the packages."""


def text(raw: bytes) -> str:
    """Paths are bytes; those that are not UTF-8 survive as surrogate escapes, as in entries."""
    return raw.decode("utf-8", "surrogateescape")


def purl(
    kind: str,
    name: str,
    version: str,
    *,
    namespace: str = "",
    qualifiers: Mapping[str, str] | None = None,
) -> str:
    """The package URL (purl-spec, purl-types); empty qualifiers are left out.

    The library writes escapes in names of some types in lower case (`%2b`), for which the standard has capitals.
    """
    clean = {key: utf8(value) for key, value in (qualifiers or {}).items()}
    written = PackageURL(kind, utf8(namespace) or None, utf8(name), utf8(version) or None, clean).to_string()
    return _escape.sub(lambda escape: escape[0].upper(), written)


def system_purl(
    kind: str, name: str, version: str, architecture: str, distribution: Distribution, epoch: str = ""
) -> str:
    """The package URL of a distribution's package."""
    qualifiers = {"arch": architecture, "distro": str(distribution), "epoch": epoch}
    return purl(kind, name, version, namespace=distribution.id, qualifiers=qualifiers)


def marked(found: Found, automatic: bool | None) -> Found:
    """The same package, marked as automatic or not."""
    if found.package.automatic is automatic:
        return found
    return replace(found, package=replace(found.package, automatic=automatic))
