"""Packages as all the readers give them: what is installed, what it owns, what it needs."""

from __future__ import annotations

from msgspec import Struct


class Relation(Struct, frozen=True):
    """One thing a package needs, provides or conflicts with, as its database writes it.

    `name` is a package name, or a capability such as `so:libc.musl-x86_64.so.1`; `operator` and `version` are empty
    where any version will do; `architecture` is dpkg's qualifier (`any`, `native`, an architecture) or empty.
    """

    name: str
    operator: str = ""
    version: str = ""
    architecture: str = ""


Alternatives = tuple[Relation, ...]
"""Any one of these satisfies the need (`a | b` in dpkg); most have one member."""


class Package(Struct, frozen=True):
    """An installed package.

    `kind` is its purl type: deb, apk, rpm, alpm, pypi, npm, gem, golang, cargo, composer, conda or maven. `paths` are
    the normalised paths it owns (files and links, no folders), as they are in the image. `automatic` tells whether it
    came only because another needed it: None where nothing says so. `needs` must be there, `wants` are installed by
    default and keep a package installed (Recommends), `suggests` only keep it. `section`, `priority`, `origin` (the
    source package) and the flags are empty or False where the kind has none.
    """

    kind: str
    name: str
    version: str
    architecture: str
    purl: str
    paths: tuple[str, ...]
    automatic: bool | None
    needs: tuple[Alternatives, ...] = ()
    wants: tuple[Alternatives, ...] = ()
    suggests: tuple[Alternatives, ...] = ()
    provides: tuple[Relation, ...] = ()
    install_if: tuple[Relation, ...] = ()
    section: str = ""
    priority: str = ""
    origin: str = ""
    essential: bool = False
    protected: bool = False
    held: bool = False
    virtual: bool = False
    dev: bool = False
    """npm's and composer's mark for what only development needs."""
    location: str = ""
    """For packages of a language: the folder they lie in (`usr/lib/node_modules/npm`), empty for the system's."""

    def __hash__(self) -> int:
        """Packages are keys of many dicts; hashing thousands of paths each time would be felt."""
        return hash((self.kind, self.name, self.version, self.architecture, self.location))


class Installed(Struct, frozen=True):
    """A package of the final image with its bytes.

    `size_bytes` is what its files and the files derived from them weigh, by the ledger, each byte with one owner;
    `layer` installed this version of it (None: unknown). `entries` are the ids of its files, links and derived files;
    the sizes of these entries add up to `size_bytes`. (A file that is left only through a hardlink is among them too.)
    """

    package: Package
    size_bytes: int
    layer: int | None
    entries: tuple[int, ...]


class LayerChange(Struct, frozen=True):
    """What one layer did to a package: the version before (None: it was not there) and after (None: it is gone).

    `size_bytes` is what the layer holds of the package's files; of one that is gone, what the layer hides of them.
    """

    layer: int
    kind: str
    name: str
    before: str | None
    after: str | None
    architecture: str = ""
    location: str = ""
    size_bytes: int = 0


class Distribution(Struct, frozen=True):
    """What the image calls itself in os-release (`debian`, `12`), empty where it does not say."""

    id: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.id}-{self.version}" if self.version else self.id


class Unread(Struct, frozen=True):
    """A package database that could not be read as of a layer, and why."""

    kind: str
    layer: int
    reason: str


class Inventory(Struct, frozen=True):
    """All packages of an image: those of the final image, biggest first, and what each layer did."""

    installed: tuple[Installed, ...]
    changes: tuple[LayerChange, ...]
    distribution: Distribution = Distribution()
    unread: tuple[Unread, ...] = ()
