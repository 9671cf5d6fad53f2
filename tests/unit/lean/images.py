"""Images with the Dockerfile that made them, in code: what a plan is made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.attribution.origins import Recipe
from inspector.demo.archive import Member, Step, sha256, symlink, tar_layer
from inspector.image.image import NamedImage
from inspector.inspection import Inspection
from inspector.line import inspect_source
from tests.builders import BuiltImage
from tests.elves import elf, library, program
from tests.unit.packages.inventories import dpkg_list, stanza

LIB = "usr/lib/x86_64-linux-gnu"
STATIC = elf()
"""A program that the kernel alone runs; padded where sizes are to differ."""

LINKS = [symlink("lib", "usr/lib"), symlink("bin", "usr/bin"), symlink("lib64", "usr/lib64")]
LIBC = [
    Member(f"{LIB}/libc.so.6", library("libc.so.6"), mode=0o755),
    Member("usr/lib64/ld-linux-x86-64.so.2", library("ld-linux-x86-64.so.2"), mode=0o755),
]
SHELL = [Member("usr/bin/dash", program("libc.so.6"), mode=0o755), symlink("usr/bin/sh", "dash")]
BASE_PACKAGES: Mapping[str, Sequence[Member]] = {"libc6": LIBC, "dash": SHELL}
GOMP = [Member(f"{LIB}/libgomp.so.1", library("libgomp.so.1", "libc.so.6"), mode=0o755)]

Own = tuple[str, Sequence[Member] | None]
"""An instruction of a Dockerfile, and the layer that it made (None: none)."""


def static(path: str, size: int, **more: Any) -> Member:
    """A static program of this many bytes."""
    return Member(path, STATIC.ljust(size, b"\0"), mode=0o755, **more)


def dynamic(path: str, *needed: str) -> Member:
    return Member(path, program(*needed), mode=0o755)


def status(*names: str, **needs: str) -> Member:
    """dpkg's database; `libgomp1="libc6"` is a dependency, names with a dash have it as an underscore."""
    stanzas = (stanza(name, **({"Depends": on} if (on := needs.get(name.replace("-", "_"))) else {})) for name in names)
    return Member("var/lib/dpkg/status", "".join(stanzas).encode())


def packaged(name: str, members: Sequence[Member]) -> list[Member]:
    """The members of a package with the list of them."""
    listed = dpkg_list(*(member.path for member in members))
    return [*members, Member(f"var/lib/dpkg/info/{name}.list", listed.encode())]


def debian() -> list[Member]:
    """A base image with a libc and a shell."""
    members = [*LINKS, status(*BASE_PACKAGES)]
    for name, owned in BASE_PACKAGES.items():
        members += packaged(name, owned)
    return members


def image(
    *own: Own,
    base: Sequence[Member] | None = None,
    run: Mapping[str, Any] | None = None,
    opening: str = "FROM base:1",
    end: str = "\n",
    known: bool = True,
) -> Inspection:
    """The inspection of an image of this Dockerfile, upon `base` (None: Debian's).

    `opening` are its first lines, `end` ends each line; where it is not `known`, only the base is.
    """
    steps = [Step(_recorded(text), None if members is None else tar_layer(members)) for text, members in own]
    under = Step("/bin/sh -c #(nop) ADD file:0123 in / ", tar_layer(debian() if base is None else base))
    if opening != "FROM scratch":
        steps.insert(0, under)
    text = f"{opening}{end}" + "".join(f"{text}{end}" for text, _ in own)
    named = NamedImage(("base:1",), None, (sha256(under.layer or b""),), (under.created_by,))
    recipe = Recipe(parse_dockerfile(text, "Dockerfile")) if known else Recipe(base=named)
    inspection = inspect_source(BuiltImage(steps, run), "test:image", recipe=recipe)
    assert inspection.notes == (), inspection.notes
    return inspection


def _recorded(text: str) -> str:
    verb, _, rest = text.partition(" ")
    return f"RUN /bin/sh -c {rest} # buildkit" if verb == "RUN" else f"{text} # buildkit"
