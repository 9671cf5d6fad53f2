"""Ruby gems: specifications as RubyGems writes them when it installs (rubygems/specification.rb, `to_ruby`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from inspector.packages.found import Files, Found, purl, text
from inspector.packages.manager import Manager
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Package, Relation

_stub = re.compile(r"^# stub: (?P<name>\S+) (?P<version>\S+) (?P<platform>\S+) ", re.MULTILINE)
_need = re.compile(r"add_(?:runtime_)?dependency\(%q<([^>]+)>(?:\.freeze)?")


def read(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:  # noqa: ARG001
    """The installed gems; nobody says which of them were asked for."""
    for path, data in files.items():
        home = path.rpartition("specifications/")[0]
        package = memo(_package, data, home.rstrip("/"))
        if package is not None:
            full_name = path.rpartition("/")[2].removesuffix(".gemspec")
            yield Found(
                package, partial(tuple, (path,)), (f"{home}gems/{full_name}", f"{home}doc/{full_name}"), record=path
            )


def _package(data: bytes, location: str) -> Package | None:
    """The line for tools that must not run Ruby: `# stub: name version platform require_paths`."""
    specification = text(data)
    stub = _stub.search(specification)
    if stub is None:
        return None
    platform = stub["platform"] if stub["platform"] != "ruby" else ""
    return Package(
        kind="gem",
        name=stub["name"],
        version=stub["version"],
        architecture=platform,
        purl=purl("gem", stub["name"], stub["version"], qualifiers={"platform": platform}),
        paths=(),
        automatic=None,
        needs=tuple((Relation(need),) for need in dict.fromkeys(_need.findall(specification))),
        location=location,
    )


MANAGER = Manager("gem", "gems", read, runtimes=("ruby",))
